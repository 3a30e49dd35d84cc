import { Link } from "wouter";

import { Page } from "../parts/Page";
import { StaffOnly } from "../parts/SignedIn";
import styles from "./CounterPage.module.css";
import { Overdue } from "./Overdue";
import { Scan } from "./Scan";

/** Behind the counter: boxes come in, and those that do not are looked after. */
export function CounterPage() {
  return (
    <StaffOnly>
      <Page title="Counter">
        <p>
          <Link href="/counter/films/new" className="button quiet">
            New film
          </Link>
        </p>
        <div className={styles.counter}>
          <Scan />
          <Overdue />
        </div>
      </Page>
    </StaffOnly>
  );
}
