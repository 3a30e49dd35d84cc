import { describe, expect, it } from "vitest";

import { changedFields, creditsOf, emptyDraft, type FilmDraft, merge } from "./filmDraft";

const base: FilmDraft = {
  ...emptyDraft,
  name: "The Third Man",
  synopsis: "A writer comes to Vienna.",
  runtimeMinutes: "104",
};

describe("two people's changes to a film", () => {
  it("go together where they are of different fields", () => {
    const merged = merge(base, { ...base, synopsis: "Mine" }, { ...base, runtimeMinutes: "93" });
    expect(merged).toEqual({
      draft: { ...base, synopsis: "Mine", runtimeMinutes: "93" },
      disputed: [],
      adopted: ["runtimeMinutes"],
    });
  });

  it("are in dispute where they are of the same field, and mine stands for now", () => {
    const merged = merge(base, { ...base, synopsis: "Mine" }, { ...base, synopsis: "Theirs" });
    expect([merged.disputed, merged.draft.synopsis]).toEqual([["synopsis"], "Mine"]);
  });

  it("are in no dispute where both said the same", () => {
    const both = { ...base, synopsis: "Ours" };
    expect(merge(base, both, both).disputed).toEqual([]);
  });

  it("are found in lists too", () => {
    expect(changedFields(base, { ...base, genres: ["crime"] })).toEqual(["genres"]);
  });
});

describe("credits typed as lines", () => {
  const draft = {
    ...base,
    directors: "Carol Reed",
    cast: "Joseph Cotten as Holly Martins\n\n Trevor Howard \nAs You Like It Players as Themselves",
  };

  it("name the person, the part and the place in the billing", () => {
    expect(creditsOf(draft)).toEqual([
      { kind: "DIRECTOR", personName: "Carol Reed" },
      { kind: "CAST", personName: "Joseph Cotten", character: "Holly Martins", billing: 1 },
      { kind: "CAST", personName: "Trevor Howard", character: null, billing: 2 },
      { kind: "CAST", personName: "As You Like It Players", character: "Themselves", billing: 3 },
    ]);
  });

  it("keep the person who is known by that name", () => {
    const [director] = creditsOf(draft, new Map([["Carol Reed", "per_1"]]));
    expect(director).toEqual({ kind: "DIRECTOR", personId: "per_1" });
  });
});
