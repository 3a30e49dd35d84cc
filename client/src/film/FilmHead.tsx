import type { CSSProperties, ReactNode } from "react";
import { Link } from "wouter";

import { FilmBox } from "../poster/FilmBox";
import { coloursOf } from "../poster/scene";
import { calendarDay, runtime } from "../wording/dates";
import { certifications } from "../wording/terms";
import styles from "./FilmHead.module.css";
import type { Film } from "./film";
import { SynopsisSource } from "./SynopsisSource";

/** The top of a film's page, in the colours of its poster: the box, the title, and what it is. */
export function FilmHead({ film, title }: { film: Film; title: ReactNode }) {
  const { ground, title: lettering, text, trim } = coloursOf(film.poster?.palette ?? []);
  const colours = { "--film": ground, "--film-title": lettering, "--film-text": text, "--film-trim": trim };
  return (
    <header className={styles.head} style={colours as CSSProperties}>
      <div className={styles.inner}>
        <FilmBox film={film} className={styles.box} />
        <div className={styles.about}>
          {title}
          <Facts film={film} />
          <Directors film={film} />
          {film.synopsis && <p className={styles.synopsis}>{film.synopsis}</p>}
          {film.synopsis && film.synopsisSource && <SynopsisSource source={film.synopsisSource} />}
        </div>
      </div>
    </header>
  );
}

function Facts({ film }: { film: Film }) {
  const { certification, genres, name, originalName, releaseDate, releaseYear, runtimeMinutes } = film;
  const { label, meaning } = certifications[certification];
  return (
    <>
      {originalName && originalName !== name && <p className={styles.original}>{originalName}</p>}
      <ul className={styles.facts}>
        <li>{releaseDate ? <time dateTime={releaseDate}>{calendarDay(releaseDate)}</time> : releaseYear}</li>
        <li>
          <abbr className={styles.certification} title={meaning}>
            {label}
          </abbr>
        </li>
        {runtimeMinutes && <li>{runtime(runtimeMinutes)}</li>}
        {genres.map(({ id, slug, name }) => (
          <li key={id}>
            <Link href={`/?genre=${slug}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Directors({ film: { directors } }: { film: Film }) {
  if (directors.length === 0) return null;
  return (
    <p>
      Directed by{" "}
      {directors.map(({ id, slug, name }, index) => (
        <span key={id}>
          {index > 0 && (index === directors.length - 1 ? " and " : ", ")}
          <Link href={`/people/${slug}`}>{name}</Link>
        </span>
      ))}
    </p>
  );
}
