import type { Certification, CreditInput, CreditKind, FilmRecordFragment } from "../graphql/generated/operations";

/** A film's entry as it stands in the form: text as typed, credits a line each. */
export interface FilmDraft {
  name: string;
  originalName: string;
  releaseDate: string;
  certification: Certification;
  genres: readonly string[];
  synopsis: string;
  synopsisSource: string;
  runtimeMinutes: string;
  directors: string;
  writers: string;
  cast: string;
}

export type DraftField = keyof FilmDraft;

export const fieldNames: Record<DraftField, string> = {
  name: "Name",
  originalName: "Original name",
  releaseDate: "Released on",
  certification: "Certification",
  genres: "Genres",
  synopsis: "Synopsis",
  synopsisSource: "Page that the synopsis is from",
  runtimeMinutes: "Minutes",
  directors: "Directed by",
  writers: "Written by",
  cast: "Cast",
};

const fields = Object.keys(fieldNames) as DraftField[];

export const emptyDraft: FilmDraft = {
  name: "",
  originalName: "",
  releaseDate: "",
  certification: "UNRATED",
  genres: [],
  synopsis: "",
  synopsisSource: "",
  runtimeMinutes: "",
  directors: "",
  writers: "",
  cast: "",
};

type Credit = FilmRecordFragment["credits"]["edges"][number]["node"];

export function draftOf(film: FilmRecordFragment): FilmDraft {
  const credits = film.credits.edges.map(({ node }) => node);
  const lines = (kind: CreditKind) =>
    credits
      .filter((credit) => credit.kind === kind)
      .map(lineOf)
      .join("\n");
  return {
    name: film.name,
    originalName: film.originalName ?? "",
    releaseDate: film.releaseDate ?? "",
    certification: film.certification,
    genres: film.genres.map(({ slug }) => slug),
    synopsis: film.synopsis ?? "",
    synopsisSource: film.synopsisSource ?? "",
    runtimeMinutes: film.runtimeMinutes?.toString() ?? "",
    directors: lines("DIRECTOR"),
    writers: lines("WRITER"),
    cast: lines("CAST"),
  };
}

/** A credit as a line, "Orson Welles as Harry Lime". */
function lineOf({ person, character }: Credit): string {
  return character ? `${person.name} as ${character}` : person.name;
}

/** The credits that the lines say, with the ids of the people that the film credits already. */
export function creditsOf(
  { directors, writers, cast }: FilmDraft,
  known: ReadonlyMap<string, string> = new Map(),
): CreditInput[] {
  const of = (kind: CreditKind, text: string): CreditInput[] =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line, index) => {
        const [name = "", character] = kind === "CAST" ? line.split(/\s+as\s+(.*)/) : [line];
        const personId = known.get(name);
        return {
          kind,
          ...(personId ? { personId } : { personName: name }),
          ...(kind === "CAST" && { character: character ?? null, billing: index + 1 }),
        };
      });
  return [...of("DIRECTOR", directors), ...of("WRITER", writers), ...of("CAST", cast)];
}

export function same(one: FilmDraft, other: FilmDraft, field: DraftField): boolean {
  return JSON.stringify(one[field]) === JSON.stringify(other[field]);
}

/** The fields that a person changed. */
export function changedFields(base: FilmDraft, mine: FilmDraft): DraftField[] {
  return fields.filter((field) => !same(base, mine, field));
}

export interface Merge {
  /** Their entry with my changes in it, mine standing where both changed the same field. */
  draft: FilmDraft;
  /** The fields that both changed, each to something else. */
  disputed: DraftField[];
  /** The fields that only they changed. */
  adopted: DraftField[];
}

/** Joins two people's changes to the same entry, field by field. */
export function merge(base: FilmDraft, mine: FilmDraft, theirs: FilmDraft): Merge {
  const [ours, others] = [new Set(changedFields(base, mine)), changedFields(base, theirs)];
  return {
    draft: { ...theirs, ...Object.fromEntries([...ours].map((field) => [field, mine[field]])) },
    disputed: others.filter((field) => ours.has(field) && !same(mine, theirs, field)),
    adopted: others.filter((field) => !ours.has(field)),
  };
}
