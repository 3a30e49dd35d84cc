import { useState } from "react";
import { Link } from "wouter";

import { failureInWords } from "../graphql/answer";
import { MyRentalsDocument, type MyRentalsQuery, type RentalStatus } from "../graphql/generated/operations";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { NotKnown, Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { SignedIn } from "../parts/SignedIn";
import { MembershipCard } from "./MembershipCard";
import { PastRental } from "./PastRental";
import { RentalSlip } from "./RentalSlip";
import styles from "./RentalsPage.module.css";

type Rentals = NonNullable<NonNullable<MyRentalsQuery["viewer"]>["rentals"]>;

const pageOfRentals = 20;
const open: ReadonlySet<RentalStatus> = new Set(["ACTIVE", "OVERDUE", "RETURNING"]);

/** What is at home, what it costs by now, and what was. */
export function RentalsPage() {
  return (
    <Page title="My rentals">
      <SignedIn>
        <MyRentals />
      </SignedIn>
    </Page>
  );
}

function MyRentals() {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, fetching, refresh } = useSteadyQuery(
    MyRentalsDocument,
    { first: pageOfRentals, after },
    { requestPolicy: "cache-and-network" },
  );
  const viewer = data?.viewer;
  if (!viewer) {
    return fetching ? (
      <p role="status">Looking in your file…</p>
    ) : (
      <Outage words={failureInWords(error)} retry={refresh} />
    );
  }
  return (
    <div className={styles.page}>
      <MembershipCard member={viewer} refresh={refresh} />
      {viewer.rentals ? (
        <Slips rentals={viewer.rentals} fetching={fetching} refresh={refresh} more={setAfter} />
      ) : (
        <NotKnown what="What you have at home is" retry={refresh} />
      )}
    </div>
  );
}

interface SlipsProps {
  rentals: Rentals;
  fetching: boolean;
  refresh: () => void;
  more: (cursor: string) => void;
}

function Slips({ rentals, fetching, refresh, more }: SlipsProps) {
  const all = rentals.edges.map(({ node }) => node);
  const home = all.filter(({ status }) => open.has(status));
  const back = all.filter(({ status }) => !open.has(status));
  const { hasNextPage, endCursor } = rentals.pageInfo;
  return (
    <div className={styles.slips}>
      <section className="stack" aria-labelledby="home">
        <h2 id="home">At home</h2>
        {home.length === 0 && (
          <p className="soft">
            Nothing at the moment. <Link href="/">Find something for tonight</Link>
          </p>
        )}
        <ul className={styles.list}>
          {home.map((rental) => (
            <RentalSlip key={rental.id} rental={rental} refresh={refresh} />
          ))}
        </ul>
      </section>
      {back.length > 0 && (
        <section className="stack" aria-labelledby="back">
          <h2 id="back">Earlier</h2>
          <ul>
            {back.map((rental) => (
              <PastRental key={rental.id} rental={rental} />
            ))}
          </ul>
        </section>
      )}
      {hasNextPage && endCursor && (
        <button
          type="button"
          className="button quiet"
          aria-disabled={fetching}
          onClick={() => !fetching && more(endCursor)}
        >
          Older rentals
        </button>
      )}
    </div>
  );
}
