import { type SubmitEvent, useState } from "react";

import { problemsOf } from "../graphql/answer";
import { type ReviewCardFragment, WriteReviewDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Choice, Field, TextField } from "../parts/Field";
import { Refused } from "../parts/Notice";
import styles from "./ReviewForm.module.css";

interface ReviewFormProps {
  filmId: string;
  /** The viewer's review where there is one; the form changes it. */
  review: ReviewCardFragment | undefined;
  edit: (review: ReviewCardFragment) => void;
  done: () => void;
}

/** Writes a review, or changes the viewer's own. */
export function ReviewForm({ filmId, review, edit, done }: ReviewFormProps) {
  const { ask, asking, answer } = useAsk(WriteReviewDocument, ({ writeReview }) => writeReview);
  const [score, setScore] = useState(review?.score ?? 8);
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = new FormData(event.currentTarget);
    const answered = await ask({
      input: {
        titleId: filmId,
        score,
        headline: text(form, "headline"),
        body: text(form, "body"),
        spoiler: form.has("spoiler"),
        ...(review && { expectedVersion: review.version }),
      },
    });
    if (answered.kind === "done") done();
    if (answered.kind === "refused") {
      const known = answered.refusals.find((refusal) => refusal.__typename === "AlreadyReviewed");
      if (known && "review" in known) edit(known.review as ReviewCardFragment);
    }
  }

  return (
    <form
      className={`card ${styles.form}`}
      onSubmit={submit}
      aria-label={review ? "Change your review" : "Write a review"}
    >
      <h3>{review ? "Change your review" : "You have seen it? Say so."}</h3>
      <div className={styles.line}>
        <Choice
          label="Score"
          value={score}
          problem={problems.score}
          onChange={(event) => setScore(Number(event.target.value))}
        >
          {Array.from({ length: 10 }, (_, index) => (
            <option key={index} value={10 - index}>
              {10 - index}
            </option>
          ))}
        </Choice>
        <Field
          label="In a line"
          name="headline"
          maxLength={120}
          defaultValue={review?.headline ?? ""}
          problem={problems.headline}
        />
      </div>
      <TextField
        label="In more"
        name="body"
        maxLength={4000}
        defaultValue={review?.body ?? ""}
        problem={problems.body}
      />
      <label className="row">
        <input type="checkbox" name="spoiler" defaultChecked={review?.spoiler ?? false} /> It gives away how the film
        goes
      </label>
      <Refused answer={answer} />
      <div className="row">
        <button type="submit" className="button" aria-disabled={asking}>
          {review ? "Save" : "Post the review"}
        </button>
        {review && (
          <button type="button" className="button quiet" onClick={done}>
            Leave it as it was
          </button>
        )}
      </div>
    </form>
  );
}

function text(form: FormData, name: string): string | null {
  const value = form.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
