import { describe, expect, it } from "vitest";

import { calendarDay, dayOf, runtime, stampOf, untilDue } from "./dates";

const losAngeles = "America/Los_Angeles";
/** Monday 23:30 in Los Angeles, Tuesday morning in London. */
const lateMonday = new Date("2026-03-10T06:30:00Z");

describe("a due date", () => {
  it("is of the store's day and not of the reader's", () => {
    expect(stampOf("2026-03-10T06:30:00Z", losAngeles)).toEqual({ month: "Mar", day: "9", weekday: "Mon" });
  });

  it.each([
    ["2026-03-10T06:59:00Z", "due today"],
    ["2026-03-11T06:59:00Z", "due tomorrow"],
    ["2026-03-13T06:59:00Z", "3 days left"],
    ["2026-03-10T06:00:00Z", "due earlier today"],
    ["2026-03-09T06:59:00Z", "1 day late"],
    ["2026-03-07T07:59:00Z", "3 days late"],
  ])("is counted in the store's calendar days, also over a change of clocks: %s", (dueAt, words) => {
    expect(untilDue(dueAt, losAngeles, lateMonday)).toBe(words);
  });

  it("names its year where that is not this one", () => {
    expect(dayOf("2024-03-11T12:00:00Z", "UTC", lateMonday)).toBe("Mon, Mar 11, 2024");
  });
});

it("does not move a calendar date into another time zone", () => {
  expect(calendarDay("1949-08-31")).toBe("August 31, 1949");
});

it.each([
  [134, "2h 14m"],
  [45, "45m"],
])("says how long a film runs: %d", (minutes, words) => {
  expect(runtime(minutes)).toBe(words);
});
