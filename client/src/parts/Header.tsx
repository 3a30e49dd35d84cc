import { Link, useLocation } from "wouter";

import { SearchField } from "../browse/SearchField";
import { useSignOut } from "../session/useSignOut";
import type { Visitor } from "../session/useViewer";
import styles from "./Header.module.css";
import { Wordmark } from "./Wordmark";

interface Shown {
  visitor: Visitor;
  activityShown: boolean;
  showActivity: (shown: boolean) => void;
}

/** The marquee over the door: the shop's name, the search, and the ways through. */
export function Header({ visitor, activityShown, showActivity }: Shown) {
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link href="/" className={styles.home}>
          <Wordmark />
        </Link>
        <SearchField />
        <nav className={styles.nav} aria-label="Shop">
          <Way href="/">Films</Way>
          {visitor.signedIn && <Way href="/rentals">My rentals</Way>}
          {visitor.signedIn && <Way href="/watchlist">Watchlist</Way>}
          {visitor.staff && <Way href="/counter">Counter</Way>}
        </nav>
        <div className={styles.account}>
          <Account visitor={visitor} />
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={activityShown}
            aria-controls="activity"
            onClick={() => showActivity(!activityShown)}
          >
            Activity
          </button>
        </div>
      </div>
      <div className={styles.stripes} aria-hidden="true" />
    </header>
  );
}

function Way({ href, children }: { href: string; children: string }) {
  const [path] = useLocation();
  return (
    <Link href={href} className={styles.way} aria-current={path === href ? "page" : undefined}>
      {children}
    </Link>
  );
}

function Account({ visitor: { signedIn, viewer } }: { visitor: Visitor }) {
  const [path] = useLocation();
  const signOut = useSignOut();
  if (!signedIn) {
    const next = path === "/" || path.startsWith("/sign-in") ? "" : `?next=${encodeURIComponent(path)}`;
    return (
      <Link href={`/sign-in${next}`} className={styles.way}>
        Sign in
      </Link>
    );
  }
  return (
    <>
      <Link href="/account" className={styles.who}>
        {viewer?.displayName ?? "Your account"}
      </Link>
      <button type="button" className={styles.way} onClick={signOut}>
        Sign out
      </button>
    </>
  );
}
