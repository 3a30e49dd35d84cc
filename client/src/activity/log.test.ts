import { describe, expect, it } from "vitest";

import { createActivityLog } from "./log";

const operation = (name: string) => ({ kind: "query" as const, name, document: "", variables: {} });

function logWithClock(capacity?: number) {
  let now = 1_000;
  const log = createActivityLog(capacity, () => now);
  return { log, pass: (milliseconds: number) => (now += milliseconds) };
}

describe("the activity log", () => {
  it("keeps the newest last and lets the oldest go", () => {
    const { log } = logWithClock(2);
    for (const name of ["a", "b", "c"]) log.begin(operation(name));
    expect(log.entries().map(({ name }) => name)).toEqual(["b", "c"]);
  });

  it("tells how long an answer took", () => {
    const { log, pass } = logWithClock();
    const id = log.begin(operation("a"));
    pass(42);
    log.finish(id, { outcome: "ok", status: 200, answer: {} });
    expect(log.entries()[0]).toMatchObject({ outcome: "ok", durationMs: 42 });
  });

  it("holds to the first end of an operation", () => {
    const { log } = logWithClock();
    const id = log.begin(operation("a"));
    log.finish(id, { outcome: "ok", status: 200, answer: {} });
    log.finish(id, { outcome: "ended", status: 200, answer: undefined });
    expect(log.entries()[0]?.outcome).toBe("ok");
  });

  it("forgets what went before when it is cleared, and an answer that comes after", () => {
    const { log } = logWithClock();
    const id = log.begin(operation("a"));
    log.clear();
    log.finish(id, { outcome: "ok", status: 200, answer: {} });
    expect(log.entries()).toEqual([]);
  });
});
