import { Link } from "wouter";

import { ExtendRentalDocument, type RentalSlipFragment, ReturnRentalDocument } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Refused } from "../parts/Notice";
import { FilmBox } from "../poster/FilmBox";
import { dayOf, momentOf, stampOf, untilDue } from "../wording/dates";
import { money } from "../wording/money";
import { formats, rentalStatuses } from "../wording/terms";
import { Receipt } from "./Receipt";
import styles from "./RentalSlip.module.css";

/** One loan: what, until when, for how much, and what can be done about it. */
export function RentalSlip({ rental, refresh }: { rental: RentalSlipFragment; refresh: () => void }) {
  const { movie, copy, status } = rental;
  const name = movie?.name ?? "A film whose name is not known just now";
  return (
    <li className={styles.slip} data-status={status} aria-label={name}>
      <FilmBox film={movie} />
      <div className={styles.body}>
        <p className={styles.status}>{rentalStatuses[status]}</p>
        <h3 className={styles.name}>{movie ? <Link href={`/films/${movie.slug}`}>{name}</Link> : name}</h3>
        <p className={styles.copy}>
          {formats[copy.format]} from {copy.store.name}, box <span className={styles.barcode}>{copy.barcode}</span>
        </p>
        <Terms rental={rental} />
        <Actions rental={rental} refresh={refresh} name={name} />
        <Receipt rental={rental} />
      </div>
      <DateStamp rental={rental} />
    </li>
  );
}

function Terms({ rental: { price, lateFee, status, returnedAt, sentBackAt, copy } }: { rental: RentalSlipFragment }) {
  const { timeZone } = copy.store;
  return (
    <dl className={styles.terms}>
      <div>
        <dt>Price</dt>
        <dd>{money(price)}</dd>
      </div>
      {lateFee && lateFee.accrued.amountMinor > 0 && (
        <div className={lateFee.waived ? "" : styles.late}>
          <dt>Late fee</dt>
          <dd>
            {lateFee.waived ? <s>{money(lateFee.accrued)}</s> : money(lateFee.accrued)}{" "}
            <small>
              {lateFee.waived
                ? "waived"
                : `${lateFee.daysLate} ${lateFee.daysLate === 1 ? "day" : "days"} at ${money(lateFee.perDay)}, at most ${money(lateFee.cap)}`}
            </small>
          </dd>
        </div>
      )}
      {status === "RETURNING" && sentBackAt && (
        <div>
          <dt>Sent back</dt>
          <dd>{momentOf(sentBackAt, timeZone)}</dd>
        </div>
      )}
      {returnedAt && (
        <div>
          <dt>Returned</dt>
          <dd>{dayOf(returnedAt, timeZone)}</dd>
        </div>
      )}
    </dl>
  );
}

/** Due dates as the counter stamps them. */
function DateStamp({ rental: { dueAt, status, copy } }: { rental: RentalSlipFragment }) {
  const { timeZone } = copy.store;
  const { month, day, weekday } = stampOf(dueAt, timeZone);
  const open = status === "ACTIVE" || status === "OVERDUE";
  return (
    <p className={styles.stamp}>
      <span className={styles.due}>{open ? "Due" : "Was due"}</span>
      <time dateTime={dueAt} className={styles.day}>
        {month} {day}
      </time>
      <span className={styles.due}>{open ? untilDue(dueAt, timeZone) : weekday}</span>
    </p>
  );
}

function Actions({ rental, refresh, name }: { rental: RentalSlipFragment; refresh: () => void; name: string }) {
  const sendBack = useAskOnce(ReturnRentalDocument, ({ returnRental }) => returnRental);
  const extend = useAskOnce(ExtendRentalDocument, ({ extendRental }) => extendRental);
  const { id, status, version } = rental;
  if (status !== "ACTIVE" && status !== "OVERDUE") return null;

  async function lend() {
    const answered = await extend.ask(id, (idempotencyKey) => ({
      input: { rentalId: id, expectedVersion: version, idempotencyKey },
    }));
    if (answered.kind === "refused") refresh();
  }

  return (
    <>
      <Refused answer={sendBack.answer} />
      <Refused answer={extend.answer} />
      <div className="row">
        <button
          type="button"
          className="button small"
          aria-disabled={sendBack.asking}
          onClick={() =>
            !sendBack.asking && void sendBack.ask(id, (idempotencyKey) => ({ input: { rentalId: id, idempotencyKey } }))
          }
        >
          Send it back<span className="unseen">: {name}</span>
        </button>
        <button
          type="button"
          className="button quiet small"
          aria-disabled={extend.asking}
          onClick={() => !extend.asking && void lend()}
        >
          Keep it longer<span className="unseen">: {name}</span>
        </button>
      </div>
    </>
  );
}
