import { Link } from "wouter";

import type { FilmCardFragment } from "../graphql/generated/operations";
import { FilmBox } from "../poster/FilmBox";
import { cheapest, money } from "../wording/money";
import { certifications } from "../wording/terms";
import styles from "./FilmCard.module.css";
import { OnTheShelf } from "./OnTheShelf";

/** A film in its box on the shelf, and the label under it. */
export function FilmCard({ film }: { film: FilmCardFragment }) {
  return (
    <li className={styles.slot}>
      <FilmBox film={film} className={styles.box} />
      <div className={styles.label}>
        <h3 className={styles.name}>
          <Link href={`/films/${film.slug}`} className={styles.link}>
            {film.name}
          </Link>
        </h3>
        <p className={styles.facts}>
          {film.releaseYear} · {certifications[film.certification].label}
          {film.rating?.average != null && (
            <>
              {" · "}
              <span aria-hidden="true">★ </span>
              <span className="unseen">rated </span>
              {film.rating.average.toFixed(1)}
            </>
          )}
        </p>
        <p className={styles.terms}>
          <OnTheShelf availability={film.availability} brief />
          <From offers={film.offers} />
        </p>
      </div>
    </li>
  );
}

/** The least that the film costs; nothing where it has no price or the price is not known. */
function From({ offers }: Pick<FilmCardFragment, "offers">) {
  const least = cheapest((offers ?? []).map(({ price }) => price));
  return (
    least && (
      <span className={styles.price}>
        <small>from</small> {money(least)}
      </span>
    )
  );
}
