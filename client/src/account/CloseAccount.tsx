import type { SubmitEvent } from "react";
import { useLocation } from "wouter";

import { CloseAccountDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Refused } from "../parts/Notice";
import { useSession } from "../session/SessionProvider";
import styles from "./Account.module.css";

/** The way out, for good; the passphrase is asked for so that nobody is shown out by a tab left open. */
export function CloseAccount({ refresh }: { refresh: () => void }) {
  const session = useSession();
  const [, navigate] = useLocation();
  const { ask, asking, answer } = useAsk(CloseAccountDocument, ({ closeAccount }) => closeAccount);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const answered = await ask({ input: { password: String(new FormData(event.currentTarget).get("password")) } });
    if (answered.kind !== "done") return;
    if (!answered.payload.closed) {
      refresh(); // the counter takes its time; the page says how it stands
      return;
    }
    navigate("/");
    session.end();
  }

  return (
    <details className="card">
      <summary>Close the account</summary>
      <form className={styles.form} onSubmit={submit}>
        <p>
          We forget who you are: name, address, watchlist. What was paid stays in the books, without your name. It
          cannot be undone.
        </p>
        <Field label="Passphrase" name="password" type="password" required autoComplete="current-password" />
        <Refused answer={answer} />
        <p>
          <button type="submit" className="button" aria-disabled={asking}>
            Close my account
          </button>
        </p>
      </form>
    </details>
  );
}
