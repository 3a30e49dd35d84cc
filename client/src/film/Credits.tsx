import { Link } from "wouter";

import styles from "./Credits.module.css";
import type { Film } from "./film";

/** The closing credits: who played whom. */
export function Credits({ film }: { film: Film }) {
  const credits = film.credits.edges.map(({ node }) => node);
  const cast = credits.filter(({ kind }) => kind === "CAST").sort((a, b) => (a.billing ?? 99) - (b.billing ?? 99));
  const writers = credits.filter(({ kind }) => kind === "WRITER");
  if (cast.length + writers.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="credits">
      <h2 id="credits">Credits</h2>
      <dl className={styles.roll}>
        {cast.map(({ id, character, person }) => (
          <div key={id}>
            <dt>{character ?? "Cast"}</dt>
            <dd>
              <Link href={`/people/${person.slug}`}>{person.name}</Link>
            </dd>
          </div>
        ))}
        {writers.map(({ id, person }) => (
          <div key={id}>
            <dt>Written by</dt>
            <dd>
              <Link href={`/people/${person.slug}`}>{person.name}</Link>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
