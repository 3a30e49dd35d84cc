import { NotKnown } from "../parts/Notice";
import type { Film } from "./film";
import styles from "./Rating.module.css";

/** What members gave it, from 1 to 10. */
export function Rating({ rating, retry }: { rating: Film["rating"]; retry: () => void }) {
  return (
    <section className="stack" aria-labelledby="rating">
      <h2 id="rating">What members gave it</h2>
      {!rating && <NotKnown what="The rating is" retry={retry} />}
      {rating?.average == null && rating && <p className="soft">Nobody has rated it yet.</p>}
      {rating?.average != null && (
        <div className={styles.rating}>
          <p className={styles.average}>
            {rating.average.toFixed(1)}
            <span> of 10, by {rating.count}</span>
          </p>
          <Histogram counts={rating.histogram} />
        </div>
      )}
    </section>
  );
}

function Histogram({ counts }: { counts: readonly number[] }) {
  const most = Math.max(...counts, 1);
  return (
    <table className={styles.histogram}>
      <caption className="unseen">How many gave each score</caption>
      <tbody>
        {counts.map((count, index) => (
          <tr key={index}>
            <th scope="row">{index + 1}</th>
            <td>
              <span className={styles.bar} style={{ blockSize: `${(count / most) * 100}%` }} />
              <span className="unseen">{count}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
