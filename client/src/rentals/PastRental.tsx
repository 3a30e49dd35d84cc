import { Link } from "wouter";

import type { RentalSlipFragment } from "../graphql/generated/operations";
import { FilmBox } from "../poster/FilmBox";
import { dayOf } from "../wording/dates";
import { money } from "../wording/money";
import { formats, rentalStatuses } from "../wording/terms";
import styles from "./PastRental.module.css";
import { Receipt, totalOf } from "./Receipt";

/** A loan that is over, in a line: what it was, when it ended, what it cost in all. */
export function PastRental({ rental }: { rental: RentalSlipFragment }) {
  const { movie, copy, status, returnedAt, dueAt } = rental;
  const { name: store, timeZone } = copy.store;
  const total = totalOf(rental);
  return (
    <li className={styles.line}>
      <FilmBox film={movie} />
      <div>
        <h3 className={styles.name}>
          {movie ? <Link href={`/films/${movie.slug}`}>{movie.name}</Link> : "A film whose name is not known just now"}
        </h3>
        <p className={styles.facts}>
          {formats[copy.format]} from {store}. {rentalStatuses[status]} {dayOf(returnedAt ?? dueAt, timeZone)}
        </p>
        <Receipt rental={rental} />
      </div>
      <p className={styles.total}>{total && money(total)}</p>
    </li>
  );
}
