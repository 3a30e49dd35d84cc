import type { Measure } from "./lettering";

const sample = 100;
const known = new Map<string, number>();
let pen: CanvasRenderingContext2D | null | undefined;

/** Width of a text in the shop's display face, whichever face of its family this device has. */
export const measure: Measure = (text) => {
  let width = known.get(text);
  if (width === undefined) {
    width = widthOf(text);
    known.set(text, width);
  }
  return width;
};

function widthOf(text: string): number {
  pen ??= displayPen();
  return pen ? pen.measureText(text).width / sample : text.length * 0.6;
}

function displayPen(): CanvasRenderingContext2D | null {
  const context = document.createElement("canvas").getContext("2d");
  if (context) {
    const family = getComputedStyle(document.documentElement).getPropertyValue("--display");
    context.font = `800 ${sample}px ${family}`;
  }
  return context;
}
