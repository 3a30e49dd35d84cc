import { describe, expect, it } from "vitest";

import { heightOf, setTitle } from "./lettering";

const box = { x: 0, y: 0, width: 160, height: 120 };
/** Half a size for every letter, as a condensed face has it. */
const measure = (text: string) => text.length * 0.5;
const longest = "DR. STRANGELOVE OR: HOW I LEARNED TO STOP WORRYING AND LOVE THE BOMB";

describe("a title", () => {
  it.each(["M", "VERTIGO", "ONCE UPON A TIME IN THE WEST", longest])("stays within its box: %s", (title) => {
    for (const setting of ["even", "block"] as const) {
      const lines = setTitle(title, box, measure, setting, 90);
      expect(Math.max(...lines.map(({ text, size }) => measure(text) * size))).toBeLessThanOrEqual(box.width + 0.01);
      expect(heightOf(lines)).toBeLessThanOrEqual(box.height + 0.01);
    }
  });

  it("keeps its words in order", () => {
    const lines = setTitle(longest, box, measure, "block", 90);
    expect(lines.map(({ text }) => text).join(" ")).toBe(longest);
  });

  it("is broken where that lets it be larger", () => {
    const lines = setTitle("THE THIRD MAN", box, measure, "even", 90);
    expect(lines.length).toBeGreaterThan(1);
  });

  it("is one size throughout when set evenly", () => {
    const sizes = new Set(setTitle("IN THE MOOD FOR LOVE", box, measure, "even", 90).map(({ size }) => size));
    expect(sizes.size).toBe(1);
  });

  it("goes down the box, line by line", () => {
    const lines = setTitle("IN THE MOOD FOR LOVE", box, measure, "block", 90);
    expect(lines.map(({ y }) => y)).toEqual(lines.map(({ y }) => y).sort((a, b) => a - b));
  });
});
