import type { ReactNode } from "react";

import { black, colourfulness, contrast, luminance, mix, readableOn, white } from "./colour";
import type { Box, Setting } from "./lettering";
import { randomOf } from "./random";

export const width = 200;
export const height = 300;

/** What a layout draws with. */
export interface Scene {
  /** The palette's background. */
  ground: string;
  /** The most colourful of the others. */
  main: string;
  /** The one that stands out most from the ground. */
  bright: string;
  /** A step darker than the darkest, for what stands against the light. */
  shadow: string;
  /** The ground where it is dark, else the darkest: for scenes that need the night. */
  night: string;
  /** The lightest of all: lamps, windows and stars. */
  light: string;
  /** A sky in five bands: the ground's colour overhead, the main one's glow at the horizon. */
  sky: readonly [string, string, string, string, string];
  /** So many colours from the ground to the bright one, by way of the main one. */
  ramp: (steps: number) => string[];
  /** The next number, from `from` up to `to`; the film decides the sequence. */
  between: (from: number, to: number) => number;
  /** One of some things. */
  oneOf: <T>(...things: [T, ...T[]]) => T;
  /** First letter of the film's name. */
  initial: string;
}

/** Where and how the title is set. */
export interface Lettering {
  box: Box;
  align: "left" | "center" | "right";
  /** Where in the box the lines stand. */
  stand: "top" | "middle" | "bottom";
  setting: Setting;
  largest: number;
  /** What lies behind the letters; they take a colour that can be read on all of it. */
  on: readonly string[];
  /** The colours to try, in order. */
  inks: readonly string[];
}

export interface Drawing {
  art: ReactNode;
  lettering: Lettering;
}

export type Layout = (scene: Scene) => Drawing;

const fallback = ["#2a2036", "#d92f45", "#fbf3df"] as const;
const hex = /^#[0-9a-f]{6}$/i;

/** What is around a poster may wear its colours: a ground, a title and a text that can be read on it, and a trim. */
export function coloursOf(palette: readonly string[]): Record<"ground" | "title" | "text" | "trim", string> {
  const { ground, main, bright } = sceneOf("", "", palette);
  return { ground, title: readableOn([ground], [bright, white]), text: readableOn([ground], []), trim: main };
}

/** A scene of a film's palette; a palette with nothing usable in it becomes the shop's own. */
export function sceneOf(seed: string, name: string, palette: readonly string[]): Scene {
  const usable = palette.filter((colour) => hex.test(colour));
  const colours = usable.length >= 2 ? usable : fallback;
  const [ground = fallback[0], ...others] = colours;
  const by = (rank: (colour: string) => number) => others.reduce((a, b) => (rank(b) > rank(a) ? b : a));
  const bright = by((colour) => contrast(colour, ground));
  const main = by((colour) => colourfulness(colour) - (colour === bright && others.length > 1 ? 128 : 0));
  const random = randomOf(seed);
  const between = (from: number, to: number) => from + (to - from) * random();
  const byLight = [...colours].sort((a, b) => luminance(a) - luminance(b));
  const [darkest, light] = [byLight[0] ?? black, byLight.at(-1) ?? white];
  return {
    ground,
    main,
    bright,
    shadow: mix(darkest, black, 0.55),
    night: luminance(ground) < 0.2 ? ground : mix(darkest, black, 0.25),
    light,
    sky: [ground, mix(ground, main, 0.12), mix(ground, main, 0.3), mix(ground, main, 0.6), main],
    ramp: (steps) =>
      Array.from({ length: steps }, (_, step) => along([ground, main, bright], step / Math.max(1, steps - 1))),
    between,
    oneOf: (...things) => things[Math.floor(random() * things.length)] ?? things[0],
    initial: (
      /^[^\p{L}\p{N}]*(?:(?:the|an?|l[ae]s?|el|il|d[ae][rs]|die)\s+)?([\p{L}\p{N}])/iu.exec(name)?.[1] ?? "?"
    ).toUpperCase(),
  };
}

function along(stops: readonly [string, string, string], share: number): string {
  return share < 0.5 ? mix(stops[0], stops[1], share * 2) : mix(stops[1], stops[2], share * 2 - 1);
}

/** Inks in the order most posters want them. */
export const inksOf = ({ bright, main, light }: Scene): string[] => [bright, light, main];
