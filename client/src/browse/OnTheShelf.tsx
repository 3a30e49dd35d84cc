import type { ShelfFragment } from "../graphql/generated/operations";
import { dayOf } from "../wording/dates";
import styles from "./OnTheShelf.module.css";

/** Whether a film can be taken home now, in a few words, and not by colour alone. */
export function OnTheShelf({ availability, brief = false }: { availability: ShelfFragment | null; brief?: boolean }) {
  const [state, words] = wordsFor(availability, brief);
  return (
    <span className={`${styles.shelf} ${styles[state]}`} data-availability={state}>
      {words}
    </span>
  );
}

function wordsFor(availability: ShelfFragment | null, brief: boolean): ["here" | "out" | "unknown", string] {
  if (!availability) return ["unknown", brief ? "not known" : "Whether it is here is not known just now"];
  const { inStock, copiesAvailable, copiesTotal, nextDueAt } = availability;
  if (inStock) return ["here", brief ? `${copiesAvailable} here` : `${copiesAvailable} of ${copiesTotal} on the shelf`];
  if (copiesTotal === 0) return ["out", brief ? "not stocked" : "We have no copy of it"];
  if (!nextDueAt) return ["out", brief ? "all out" : "All copies are out"];
  return ["out", brief ? `back ${dayOf(nextDueAt)}` : `All copies are out; the next is due ${dayOf(nextDueAt)}`];
}
