import type { FilmRecordFragment, UpdateMovieInput } from "../graphql/generated/operations";
import { changedFields, creditsOf, draftOf, type DraftField, type FilmDraft } from "./filmDraft";

const creditFields: ReadonlySet<DraftField> = new Set(["directors", "writers", "cast"]);

/**
 * The update that a person's changes come to: a field left as it was is left out, one that was emptied is null. A
 * synopsis goes with its source, which the catalogue forgets otherwise.
 */
export function updateOf(film: FilmRecordFragment, draft: FilmDraft): UpdateMovieInput {
  const changed = changedFields(draftOf(film), draft);
  const people = new Map(film.credits.edges.map(({ node }) => [node.person.name, node.person.id]));
  const update: Record<string, unknown> = {};
  for (const field of changed) {
    if (creditFields.has(field)) update.credits = creditsOf(draft, people);
    else if (field === "runtimeMinutes") update[field] = draft.runtimeMinutes ? Number(draft.runtimeMinutes) : null;
    else update[field] = draft[field] || null;
  }
  if ("synopsis" in update) update.synopsisSource = draft.synopsisSource || null;
  return { id: film.id, expectedVersion: film.version, ...update };
}
