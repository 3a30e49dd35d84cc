import type { Layout } from "../scene";
import { bands } from "./bands";
import { curtain } from "./curtain";
import { doorway } from "./doorway";
import { eye } from "./eye";
import { forest } from "./forest";
import { monogram } from "./monogram";
import { orbit } from "./orbit";
import { quarters } from "./quarters";
import { rain } from "./rain";
import { ridges } from "./ridges";
import { road } from "./road";
import { skyline } from "./skyline";
import { staircase } from "./staircase";
import { sunset } from "./sunset";
import { tunnel } from "./tunnel";
import { waves } from "./waves";

/**
 * The shop's poster layouts. The number that the catalogue keeps with a film says what kind of picture it is, and the
 * film's id which of that kind, so that a shelf of one kind is not one picture over and over.
 */
const kinds: readonly [readonly Layout[], ...(readonly Layout[])[]] = [
  [sunset, orbit, ridges, waves],
  [skyline, road, rain, bands],
  [bands, quarters, tunnel, monogram],
  [forest, waves, ridges, road],
  [eye, curtain, monogram, sunset],
  [doorway, staircase, rain, skyline],
];

/** Every layout once. */
export const layouts: readonly Layout[] = [...new Set(kinds.flat())];

/** The layout of a kind, whichever number is given, that `share` picks: from 0 up to 1. */
export function layoutOf(kind: number, share: number): Layout {
  const some = kinds[Math.abs(kind) % kinds.length] ?? kinds[0];
  return some[Math.floor(share * some.length)] ?? sunset;
}
