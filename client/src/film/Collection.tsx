import { Link } from "wouter";

import { FilmBox } from "../poster/FilmBox";
import styles from "./Collection.module.css";
import type { Film } from "./film";

/** The other films of the collection that this one belongs to. */
export function Collection({ film }: { film: Film }) {
  const others = film.collection?.movies.filter(({ id }) => id !== film.id) ?? [];
  if (!film.collection || others.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="collection">
      <h2 id="collection">Also in {film.collection.name}</h2>
      <ul className={styles.row}>
        {others.map((other) => (
          <li key={other.id}>
            <Link href={`/films/${other.slug}`} aria-label={`${other.name}, ${other.releaseYear}`}>
              <FilmBox film={other} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
