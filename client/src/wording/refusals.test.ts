import { describe, expect, it } from "vitest";

import { inWords } from "./refusals";

const refusal = { code: "CODE", message: "What the shop says.", path: null };

describe("a refusal in words", () => {
  it("says when the next copy is due, where that is known", () => {
    const outOfStock = { ...refusal, __typename: "OutOfStock" as const };
    expect(inWords({ ...outOfStock, nextDueAt: "2020-01-06T12:00:00Z" })).toContain("Mon, Jan 6, 2020");
    expect(inWords({ ...outOfStock, nextDueAt: null })).not.toContain("due");
  });

  it("says from which age", () => {
    expect(inWords({ ...refusal, __typename: "AgeRestricted", certification: "R", minimumAge: 17 })).toBe(
      "This film is R: we may lend it from the age of 17.",
    );
  });

  it("says what is owed", () => {
    const balance = { amountMinor: 5250, currency: "USD" };
    expect(inWords({ ...refusal, __typename: "CreditLimitReached", balance })).toContain("You owe $52.50.");
  });

  it("is the shop's own where the shop knows best", () => {
    expect(inWords({ ...refusal, __typename: "InvalidInput" })).toBe("What the shop says.");
  });
});
