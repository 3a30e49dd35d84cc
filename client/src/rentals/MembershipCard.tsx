import type { MyRentalsQuery } from "../graphql/generated/operations";
import { NotKnown } from "../parts/Notice";
import { monthOf } from "../wording/dates";
import { money } from "../wording/money";
import { tiers } from "../wording/terms";
import styles from "./MembershipCard.module.css";
import { PayBalance } from "./PayBalance";

type Member = NonNullable<MyRentalsQuery["viewer"]>;

/** The card one shows at the counter, and under it what is owed. */
export function MembershipCard({ member, refresh }: { member: Member; refresh: () => void }) {
  const { displayName, handle, membership, rentalAllowance, balance } = member;
  return (
    <section className={styles.wallet} aria-label="Membership">
      <div className={styles.card}>
        <p className={styles.tier}>{tiers[membership.tier]} member</p>
        <p className={styles.name}>{displayName}</p>
        <p className={styles.since}>
          {handle}, since {monthOf(membership.since)}
        </p>
        {rentalAllowance && <Allowance {...rentalAllowance} />}
      </div>
      {balance ? <PayBalance balance={balance} /> : <NotKnown what="What you owe is" retry={refresh} />}
      {rentalAllowance && (
        <p className={styles.terms}>
          {rentalAllowance.discountPercent > 0 && `${rentalAllowance.discountPercent}% off every rental. `}
          No further film goes out above {money(rentalAllowance.creditLimit)}.
        </p>
      )}
    </section>
  );
}

/** A hole is punched for every film that is out. */
function Allowance({ limit, inUse }: { limit: number; inUse: number }) {
  return (
    <div>
      <div className={styles.holes} aria-hidden="true">
        {Array.from({ length: Math.min(limit, 12) }, (_, index) => (
          <span key={index} className={index < inUse ? styles.punched : ""} />
        ))}
      </div>
      <p className={styles.since}>
        {inUse} of {limit} films out
      </p>
    </div>
  );
}
