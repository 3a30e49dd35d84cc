import { type SubmitEvent, useState } from "react";
import { useQuery } from "urql";

import { failureInWords } from "../graphql/answer";
import { CounterScanDocument } from "../graphql/generated/operations";
import { Field } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { CopyInHand } from "./CopyInHand";
import styles from "./Scan.module.css";

/** One box after another: a scanner types the barcode and presses Enter, and the field waits for the next. */
export function Scan() {
  const [scan, setScan] = useState({ barcode: "", count: 0 });
  const [{ data, error, fetching }, ask] = useQuery({
    query: CounterScanDocument,
    variables: { barcode: scan.barcode },
    pause: scan.barcode === "",
    requestPolicy: "cache-and-network",
  });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const barcode = String(new FormData(event.currentTarget).get("barcode")).trim();
    if (barcode && barcode === scan.barcode) ask({ requestPolicy: "network-only" });
    if (barcode) setScan(({ count }) => ({ barcode, count: count + 1 }));
    event.currentTarget.reset();
  }

  return (
    <section className="stack" aria-labelledby="scan">
      <h2 id="scan">A box comes in</h2>
      <form className={styles.scanner} onSubmit={submit}>
        <Field label="Barcode" name="barcode" autoFocus autoComplete="off" spellCheck={false} />
        <button type="submit" className="button">
          Look up
        </button>
      </form>
      {scan.barcode && (
        <div aria-live="polite">
          {data?.copy && <CopyInHand key={scan.count} copy={data.copy} />}
          {!data?.copy && fetching && <p>Looking…</p>}
          {!data?.copy && !fetching && error && <Notice tone="bad">{failureInWords(error)}</Notice>}
          {!data?.copy && !fetching && !error && (
            <Notice tone="bad">
              No copy has the barcode <code>{scan.barcode}</code>.
            </Notice>
          )}
        </div>
      )}
    </section>
  );
}
