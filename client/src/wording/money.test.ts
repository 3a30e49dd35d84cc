import { describe, expect, it } from "vitest";

import { amountAsTyped, amountTyped, cheapest, money } from "./money";

describe("money", () => {
  it.each([
    [{ amountMinor: 349, currency: "USD" }, "$3.49"],
    [{ amountMinor: -349, currency: "USD" }, "-$3.49"],
    [{ amountMinor: 349, currency: "JPY" }, "¥349"],
    [{ amountMinor: 3490, currency: "KWD" }, "KWD 3.490"],
  ])("reads by the decimals of its currency: %o", (price, words) => {
    expect(money(price).replace(/\u00a0/g, " ")).toBe(words);
  });

  it.each([
    ["3.5", 350],
    [" 3,50 ", 350],
    ["12", 1200],
    ["3.505", undefined],
    ["-3", undefined],
    ["3 50", undefined],
    ["", undefined],
  ])("is taken as typed only where it is an amount: %o", (text, minor) => {
    expect(amountTyped(text, "USD")).toBe(minor);
  });

  it.each([350, 5, 120_000])("comes back as it was typed: %d", (amountMinor) => {
    expect(amountTyped(amountAsTyped({ amountMinor, currency: "USD" }), "USD")).toBe(amountMinor);
  });

  it("is least where it is least", () => {
    const usd = (amountMinor: number) => ({ amountMinor, currency: "USD" });
    expect([cheapest([usd(3), usd(2), usd(9)]), cheapest([])]).toEqual([usd(2), undefined]);
  });
});
