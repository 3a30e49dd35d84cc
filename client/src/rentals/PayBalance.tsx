import { type SubmitEvent, useState } from "react";

import { problemsOf } from "../graphql/answer";
import { PayBalanceDocument, type PriceFragment } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Choice, Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { useDemo } from "../session/useDemo";
import { amountAsTyped, amountTyped, money } from "../wording/money";
import styles from "./PayBalance.module.css";

/** The demo payment provider's cards: what stands for a card number here. */
const cards = [
  { token: "demo-ok", label: "Demo card that pays" },
  { token: "demo-declined", label: "Demo card that is declined" },
];

/** What is owed, and a way to pay it. */
export function PayBalance({ balance }: { balance: PriceFragment }) {
  const { ask, asking, answer } = useAskOnce(PayBalanceDocument, ({ payBalance }) => payBalance);
  const demo = useDemo();
  const [problem, setProblem] = useState<string>();
  const owed = balance.amountMinor > 0;
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = new FormData(event.currentTarget);
    const [typed, paymentToken] = [String(form.get("amount")), String(form.get("card"))];
    const amountMinor = amountTyped(typed, balance.currency);
    setProblem(amountMinor ? undefined : `Type an amount, like ${amountAsTyped(balance)}.`);
    if (!amountMinor) return;
    const { currency } = balance;
    await ask(`${amountMinor} by ${paymentToken}`, (idempotencyKey) => ({
      input: { amount: { amountMinor, currency }, paymentToken, idempotencyKey },
    }));
  }

  return (
    <div className="card stack">
      <p className={styles.owed}>
        <span>{balance.amountMinor < 0 ? "In your favour" : "You owe"}</span>{" "}
        <strong>{money({ ...balance, amountMinor: Math.abs(balance.amountMinor) })}</strong>
      </p>
      {answer?.kind === "done" && <Notice tone="good">Paid. Thank you.</Notice>}
      <Refused answer={answer} />
      {owed && !demo && <p>Please pay at the counter.</p>}
      {owed && demo && (
        <form
          key={balance.amountMinor}
          onSubmit={submit}
          className={styles.form}
          aria-label="Pay what you owe"
          noValidate
        >
          <Field
            label="Amount"
            name="amount"
            inputMode="decimal"
            defaultValue={amountAsTyped(balance)}
            problem={problem ?? problems.amountMinor}
          />
          <Choice label="Pay with" name="card">
            {cards.map(({ token, label }) => (
              <option key={token} value={token}>
                {label}
              </option>
            ))}
          </Choice>
          <button type="submit" className="button" aria-disabled={asking}>
            Pay
          </button>
        </form>
      )}
    </div>
  );
}
