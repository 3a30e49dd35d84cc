/** Width of a text set in one unit of size. */
export type Measure = (text: string) => number;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** `even`: all lines of one size. `block`: each line as large as the width allows, as a wood-type printer would set it. */
export type Setting = "even" | "block";

export interface Line {
  text: string;
  size: number;
  /** Baseline, from the top of the box. */
  y: number;
}

const leading = 1.02;
/** Where the baseline of a line stands in its height; capitals have no descenders to make room for. */
const ascent = 0.82;
const mostLines = 5;

/** Breaks a title into the lines that let it be set largest within the box, never above `largest`. */
export function setTitle(title: string, box: Box, measure: Measure, setting: Setting, largest: number): Line[] {
  const words = title.split(/\s+/).filter(Boolean);
  const settings = breaks(words, Math.min(mostLines, words.length)).map((lines) =>
    sized(lines, box, measure, setting, largest),
  );
  const best = settings.reduce((a, b) => (area(b, measure) > area(a, measure) ? b : a));
  return stacked(best);
}

interface Sized {
  text: string;
  size: number;
}

function sized(lines: string[], box: Box, measure: Measure, setting: Setting, largest: number): Sized[] {
  const fits = lines.map((text) => Math.min(largest, box.width / Math.max(measure(text), 0.01)));
  const sizes = setting === "even" ? fits.map(() => Math.min(...fits)) : fits;
  const height = sizes.reduce((sum, size) => sum + size * leading, 0);
  const shrink = Math.min(1, box.height / height);
  return lines.map((text, index) => ({ text, size: (sizes[index] ?? 0) * shrink }));
}

/** How much of the box is lettering; the smallest line counts most, because it must still be read. */
function area(lines: readonly Sized[], measure: Measure): number {
  const covered = lines.reduce((sum, { text, size }) => sum + measure(text) * size * size, 0);
  return covered * Math.min(...lines.map(({ size }) => size));
}

function stacked(lines: readonly Sized[]): Line[] {
  let top = 0;
  return lines.map(({ text, size }) => {
    const y = top + size * ascent;
    top += size * leading;
    return { text, size, y };
  });
}

/** Every way to break words, in order, into 1 to `most` lines. */
function breaks(words: readonly string[], most: number): string[][] {
  if (words.length === 0) return [[""]];
  const whole = [words.join(" ")];
  if (most === 1) return [whole];
  const broken = words.slice(1).flatMap((_, index) => {
    const first = words.slice(0, index + 1).join(" ");
    return breaks(words.slice(index + 1), most - 1).map((rest) => [first, ...rest]);
  });
  return [whole, ...broken];
}

/** Height that the lines take. */
export function heightOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { size }) => sum + size * leading, 0);
}
