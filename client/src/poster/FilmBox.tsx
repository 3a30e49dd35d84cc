import type { PosterArtFragment } from "../graphql/generated/operations";
import styles from "./FilmBox.module.css";
import { Poster } from "./Poster";

/** The box that a film comes in, its poster on the front; an empty one where the film is not known. */
export function FilmBox({ film, className = "" }: { film: PosterArtFragment | null; className?: string | undefined }) {
  return <div className={`${styles.box} ${className}`}>{film && <Poster film={film} />}</div>;
}
