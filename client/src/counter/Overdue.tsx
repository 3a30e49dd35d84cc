import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { failureInWords } from "../graphql/answer";
import { OverdueRentalsDocument, StoresDocument } from "../graphql/generated/operations";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { Choice } from "../parts/Field";
import { Outage } from "../parts/Notice";
import { dayOf } from "../wording/dates";
import { money } from "../wording/money";
import styles from "./Overdue.module.css";

const pageOfOverdue = 20;

/** What should have been back by now. */
export function Overdue() {
  const [storeId, setStore] = useState<string | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const [{ data: known }] = useQuery({ query: StoresDocument });
  const { data, error, fetching, refresh } = useSteadyQuery(
    OverdueRentalsDocument,
    { storeId, first: pageOfOverdue, after },
    { requestPolicy: "cache-and-network" },
  );
  const overdue = data?.overdueRentals;
  // What has just been taken in at the counter is out of the cache's list only when it is asked for again.
  const late = overdue?.edges.map(({ node }) => node).filter(({ status }) => status !== "RETURNED");

  return (
    <section className="stack" aria-labelledby="overdue">
      <div className={styles.head}>
        <h2 id="overdue">Overdue</h2>
        <Choice
          label="Store"
          value={storeId ?? ""}
          onChange={(event) => {
            setStore(event.target.value || null);
            setAfter(null);
          }}
        >
          <option value="">Both stores</option>
          {known?.stores?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
      </div>
      {!overdue &&
        (fetching ? <p role="status">Looking…</p> : <Outage words={failureInWords(error)} retry={refresh} />)}
      {late?.length === 0 && <p className="soft">Everything is where it should be.</p>}
      {late && late.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Film</th>
                <th scope="col">With</th>
                <th scope="col">Due</th>
                <th scope="col">Fee</th>
              </tr>
            </thead>
            <tbody>
              {late.map(({ id, movie, copy, renter, dueAt, lateFee }) => (
                <tr key={id}>
                  <th scope="row">
                    {movie ? <Link href={`/films/${movie.slug}`}>{movie.name}</Link> : "not known just now"}{" "}
                    <code>{copy.barcode}</code>
                  </th>
                  <td>{renter?.displayName ?? "not known"}</td>
                  <td>{dayOf(dueAt, copy.store.timeZone)}</td>
                  <td>{lateFee ? money(lateFee.accrued) : ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {overdue?.pageInfo.hasNextPage && (
        <p>
          <button
            type="button"
            className="button quiet"
            aria-disabled={fetching}
            onClick={() => !fetching && setAfter(overdue.pageInfo.endCursor)}
          >
            More
          </button>
        </p>
      )}
    </section>
  );
}
