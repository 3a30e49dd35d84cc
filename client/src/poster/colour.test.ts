import { describe, expect, it } from "vitest";

import { contrast, mix, readableOn } from "./colour";
import { layouts } from "./layouts";
import { sceneOf } from "./scene";

describe("colours", () => {
  it("contrast as WCAG has it", () => {
    expect(contrast("#000000", "#ffffff")).toBe(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  it("mix from one to the other", () => {
    expect([mix("#000000", "#ff8000", 0), mix("#000000", "#ff8000", 0.5), mix("#000000", "#ff8000", 1)]).toEqual([
      "#000000",
      "#804000",
      "#ff8000",
    ]);
  });
});

const palettes = [
  ["#1b1b3a", "#f84aa7", "#ff3562"],
  ["#fefae0", "#606c38", "#283618", "#dda15e", "#bc6c25"],
  ["#e63946", "#f1faee", "#a8dadc", "#457b9d", "#1d3557"],
  ["#808080", "#818181", "#7f7f7f"],
  ["not a colour"],
  [],
];

describe.each(layouts.map((layout) => [layout.name, layout] as const))("the layout %s", (_, layout) => {
  it.each(palettes)("sets its title so that it can be read, whatever the palette", (...palette) => {
    const { lettering } = layout(sceneOf("mov_1", "Alien", palette));
    const ink = readableOn(lettering.on, lettering.inks);
    const least = Math.min(...lettering.on.map((ground) => contrast(ink, ground)));
    expect(least).toBeGreaterThanOrEqual(lettering.on.length > 1 ? 3 : 4.5);
  });

  it("draws the same film the same way each time", () => {
    const draw = () => JSON.stringify(layout(sceneOf("mov_1", "Alien", palettes[0] ?? [])).art);
    expect(draw()).toBe(draw());
  });
});
