import { describe, expect, it } from "vitest";

import { createIntents } from "./intents";

function intents() {
  let last = 0;
  return createIntents(() => `key-${++last}`);
}

describe("what a person wants done", () => {
  it("keeps its key until it is answered, so that a retry is no second wish", () => {
    const { key } = intents();
    expect([key("offer"), key("offer")]).toEqual(["key-1", "key-1"]);
  });

  it("is a new wish after the answer", () => {
    const { key, answered } = intents();
    key("offer");
    answered("offer");
    expect(key("offer")).toBe("key-2");
  });

  it("is another wish about another thing", () => {
    const { key } = intents();
    expect(key("offer")).not.toBe(key("another"));
  });
});
