import { useState } from "react";

import { type CopyCondition, type CounterScanQuery, ReturnCopyDocument } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Choice } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { Options } from "../parts/Options";
import { dayOf, untilDue } from "../wording/dates";
import { money } from "../wording/money";
import { copyConditions, copyStatuses, formats, rentalStatuses } from "../wording/terms";
import styles from "./CopyInHand.module.css";

type Copy = NonNullable<CounterScanQuery["copy"]>;
type Loan = NonNullable<Copy["currentRental"]>;

/** The box on the counter: what it is, who has it, and taking it in. */
export function CopyInHand({ copy }: { copy: Copy }) {
  const { ask, asking, answer } = useAskOnce(ReturnCopyDocument, ({ returnCopy }) => returnCopy);
  const [condition, setCondition] = useState<CopyCondition>(copy.condition);
  const { barcode, format, store, status, movie } = copy;
  const loan = copy.currentRental?.status === "RETURNED" ? null : copy.currentRental;
  const takenIn = answer?.kind === "done" ? answer.payload.rental : undefined;

  return (
    <article className={`card stack ${styles.copy}`}>
      <header className={styles.head}>
        <h3>{movie?.name ?? "A film whose name is not known just now"}</h3>
        <p>
          {formats[format]} of {store.name} <code>{barcode}</code>
        </p>
      </header>
      <p className={styles.status}>{copyStatuses[status]}</p>
      {loan && <Borrowed loan={loan} timeZone={store.timeZone} />}
      <Refused answer={answer} />
      {takenIn && (
        <Notice tone="good">
          It is in, and on the shelf again.
          {takenIn.lateFee &&
            takenIn.lateFee.accrued.amountMinor > 0 &&
            ` Late fee: ${money(takenIn.lateFee.accrued)}.`}
        </Notice>
      )}
      {loan && (
        <div className={styles.take}>
          <Choice
            label="Condition"
            value={condition}
            onChange={(event) => setCondition(event.target.value as CopyCondition)}
          >
            <Options of={copyConditions} />
          </Choice>
          <button
            type="button"
            className="button"
            aria-disabled={asking}
            onClick={() =>
              !asking && void ask(barcode, (idempotencyKey) => ({ input: { barcode, condition, idempotencyKey } }))
            }
          >
            Take it in
          </button>
        </div>
      )}
    </article>
  );
}

function Borrowed({ loan, timeZone }: { loan: Loan; timeZone: string }) {
  const { renter, dueAt, status, lateFee } = loan;
  return (
    <dl className={styles.loan}>
      <div>
        <dt>With</dt>
        <dd>{renter ? `${renter.displayName} (${renter.handle})` : "not known just now"}</dd>
      </div>
      <div>
        <dt>{rentalStatuses[status]}</dt>
        <dd>
          due {dayOf(dueAt, timeZone)}, {untilDue(dueAt, timeZone)}
        </dd>
      </div>
      {lateFee && lateFee.accrued.amountMinor > 0 && (
        <div>
          <dt>Late fee</dt>
          <dd>{money(lateFee.accrued)}</dd>
        </div>
      )}
    </dl>
  );
}
