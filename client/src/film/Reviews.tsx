import { useState } from "react";
import { useClient } from "urql";

import { DeleteReviewDocument, MoreReviewsDocument, type ReviewCardFragment } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { NotKnown, Refused } from "../parts/Notice";
import type { Visitor } from "../session/useViewer";
import { dayOf } from "../wording/dates";
import type { Film } from "./film";
import { ReviewForm } from "./ReviewForm";
import styles from "./Reviews.module.css";

/** What members wrote, newest first, and a place to write. */
export function Reviews({ film, visitor, refresh }: { film: Film; visitor: Visitor; refresh: () => void }) {
  const [editing, edit] = useState<ReviewCardFragment>();
  const reviews = film.reviews?.edges.map(({ node }) => node);
  const mine = reviews?.find(({ author }) => author.id === visitor.viewer?.id);
  return (
    <section className="stack" aria-labelledby="reviews">
      <h2 id="reviews">Reviews</h2>
      {!reviews && <NotKnown what="What members wrote is" retry={refresh} />}
      {reviews?.length === 0 && <p className="soft">Nobody has written about it yet.</p>}
      <ul className={styles.list}>
        {reviews?.map((review) => (
          <Review key={review.id} review={review} mine={review === mine} edit={() => edit(review)} />
        ))}
      </ul>
      <More film={film} />
      {visitor.viewer && (!mine || editing) && (
        <ReviewForm
          key={editing?.id ?? "new"}
          filmId={film.id}
          review={editing}
          edit={edit}
          done={() => edit(undefined)}
        />
      )}
    </section>
  );
}

function Review({ review, mine, edit }: { review: ReviewCardFragment; mine: boolean; edit: () => void }) {
  const { author, body, createdAt, headline, score, spoiler } = review;
  return (
    <li className={styles.review}>
      <p className={styles.score}>
        {score}
        <span className="unseen"> of 10</span>
      </p>
      <div className="stack">
        {headline && <h3>{headline}</h3>}
        {body && (spoiler ? <Spoiler body={body} /> : <p className={styles.body}>{body}</p>)}
        <p className={styles.byline}>
          {mine ? "You" : author.displayName}, <time dateTime={createdAt}>{dayOf(createdAt)}</time>
        </p>
        {mine && <OwnReview review={review} edit={edit} />}
      </div>
    </li>
  );
}

function Spoiler({ body }: { body: string }) {
  return (
    <details>
      <summary>It gives away how the film goes</summary>
      <p className={styles.body}>{body}</p>
    </details>
  );
}

function OwnReview({ review, edit }: { review: ReviewCardFragment; edit: () => void }) {
  const { ask, asking, answer } = useAsk(DeleteReviewDocument, ({ deleteReview }) => deleteReview);
  return (
    <div className="row">
      <button type="button" className="button quiet small" onClick={edit}>
        Change
      </button>
      <button
        type="button"
        className="button quiet small"
        aria-disabled={asking}
        onClick={() => !asking && void ask({ input: { reviewId: review.id } })}
      >
        Delete
      </button>
      <Refused answer={answer} />
    </div>
  );
}

function More({ film }: { film: Film }) {
  const client = useClient();
  const [fetching, setFetching] = useState(false);
  const after = film.reviews?.pageInfo.endCursor;
  if (!film.reviews?.pageInfo.hasNextPage || !after) return null;

  // The cache adds the page to the film's reviews; the page that shows them follows.
  async function more(cursor: string) {
    setFetching(true);
    await client.query(MoreReviewsDocument, { slug: film.slug, after: cursor });
    setFetching(false);
  }

  return (
    <p>
      <button
        type="button"
        className="button quiet"
        aria-disabled={fetching}
        onClick={() => !fetching && void more(after)}
      >
        More reviews
      </button>
    </p>
  );
}
