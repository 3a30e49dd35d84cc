import { describe, expect, it } from "vitest";

import { type Filters, filtersOf, isNarrowed, queryOf, variablesOf } from "./filters";

const everything: Filters = {
  search: "kane & co",
  genre: "science-fiction",
  certification: "PG_13",
  from: 1939,
  to: 1961,
  sort: "newest",
};

describe("filters", () => {
  it("come back from the address as they went in", () => {
    expect(filtersOf(queryOf(everything))).toEqual(everything);
  });

  it("leave no trace in the address when there are none", () => {
    expect(queryOf(filtersOf(""))).toBe("");
  });

  it("are not what a meddled address says", () => {
    expect(filtersOf("cert=XXX&from=19&to=soon&sort=toString")).toEqual(filtersOf(""));
  });

  it("ask the catalogue for years from one side alone", () => {
    expect(variablesOf(filtersOf("to=1950")).filter).toEqual({ releaseYear: { lte: 1950 } });
  });

  it("ask the catalogue for nothing but a page when there are none", () => {
    expect(variablesOf(filtersOf(""))).toEqual({ search: null, filter: {}, sort: null, first: 24 });
  });

  it("narrow the shelf, which an order does not", () => {
    expect([isNarrowed(filtersOf("sort=newest")), isNarrowed(filtersOf("q=kane"))]).toEqual([false, true]);
  });
});
