/** Colours are `#rrggbb` throughout. */
type Channels = readonly [number, number, number];

export const black = "#17121f";
export const white = "#fffaf0";

export function channels(colour: string): Channels {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** The colour that lies `share` of the way from one to the other. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  const blend = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * share);
  return `#${[blend(0), blend(1), blend(2)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The first of the colours that can be read on all the grounds; where none can, black or white, one of which always can
 * on a single ground and most nearly can on several.
 */
export function readableOn(grounds: readonly string[], colours: readonly string[]): string {
  const least = (colour: string) => Math.min(...grounds.map((ground) => contrast(colour, ground)));
  const inks = [...colours, black, white, "#000000", "#ffffff"];
  return inks.find((colour) => least(colour) >= 4.5) ?? inks.reduce((a, b) => (least(b) > least(a) ? b : a));
}

/** How far a colour is from grey, 0 to 255. */
export function colourfulness(colour: string): number {
  const parts = channels(colour);
  return Math.max(...parts) - Math.min(...parts);
}
