import { type SubmitEvent } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { problemsOf } from "../graphql/answer";
import { AddCopiesDocument, type Format, StoresDocument } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Choice, Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { Options } from "../parts/Options";
import { formats } from "../wording/terms";
import type { Film } from "./film";
import styles from "./StaffCorner.module.css";

/** What staff can do about a film: change its entry, and put copies on a shelf. */
export function StaffCorner({ film }: { film: Film }) {
  return (
    <section className={styles.corner} aria-labelledby="staff">
      <h2 id="staff">Staff</h2>
      <Link href={`/counter/films/${film.slug}`} className="button quiet small">
        Edit the entry
      </Link>
      <details>
        <summary>Add copies</summary>
        <AddCopies filmId={film.id} />
      </details>
    </section>
  );
}

function AddCopies({ filmId }: { filmId: string }) {
  const [{ data }] = useQuery({ query: StoresDocument });
  const { ask, asking, answer } = useAskOnce(AddCopiesDocument, ({ addCopies }) => addCopies);
  const problems = problemsOf(answer);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = new FormData(event.currentTarget);
    const input = {
      movieId: filmId,
      storeId: String(form.get("store")),
      format: String(form.get("format")) as Format,
      count: Number(form.get("count")),
    };
    void ask(JSON.stringify(input), (idempotencyKey) => ({ input: { ...input, idempotencyKey } }));
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <Choice label="Store" name="store">
        {data?.stores?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Choice>
      <Choice label="Format" name="format">
        <Options of={formats} />
      </Choice>
      <Field
        label="How many"
        name="count"
        type="number"
        min={1}
        max={50}
        defaultValue={1}
        required
        problem={problems.count}
      />
      {problems.movieId ? (
        <Notice tone="bad">
          The stores do not know this film, or not yet. If it is new, add its copies again in a moment.
        </Notice>
      ) : (
        !problems.count && <Refused answer={answer} />
      )}
      {answer?.kind === "done" && (
        <Notice tone="good">
          <p>On the shelf, with these barcodes:</p>
          <ul>
            {answer.payload.copies.map(({ id, barcode }) => (
              <li key={id}>
                <code>{barcode}</code>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <button type="submit" className="button small" aria-disabled={asking}>
        Add
      </button>
    </form>
  );
}
