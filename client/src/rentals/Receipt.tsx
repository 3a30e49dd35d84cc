import type { PriceFragment, RentalSlipFragment } from "../graphql/generated/operations";
import { dayOf } from "../wording/dates";
import { money } from "../wording/money";
import { ledgerKinds } from "../wording/terms";
import styles from "./Receipt.module.css";

/** What a loan has put on the account so far; undefined where nothing has. */
export function totalOf({ ledger }: RentalSlipFragment): PriceFragment | undefined {
  const [first] = ledger;
  if (!first) return undefined;
  return {
    amountMinor: ledger.reduce((sum, { amount }) => sum + amount.amountMinor, 0),
    currency: first.amount.currency,
  };
}

/** A loan's entries in the ledger, as the till prints them. */
export function Receipt({ rental }: { rental: RentalSlipFragment }) {
  const { ledger, copy } = rental;
  const total = totalOf(rental);
  if (!total) return null;
  return (
    <details className={styles.receipt}>
      <summary>Receipt</summary>
      <table className={styles.paper}>
        <tbody>
          {ledger.map(({ id, kind, amount, createdAt, memo }) => (
            <tr key={id}>
              <td>{dayOf(createdAt, copy.store.timeZone)}</td>
              <td>
                {ledgerKinds[kind]}
                {memo && <small> {memo}</small>}
              </td>
              <td>{money(amount)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              In all
            </th>
            <td>{money(total)}</td>
          </tr>
        </tfoot>
      </table>
    </details>
  );
}
