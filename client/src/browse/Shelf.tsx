import type { ReactNode } from "react";

import styles from "./Shelf.module.css";

/** Shelves of films, as many rows as they need. */
export function Shelf({ children, busy = false }: { children: ReactNode; busy?: boolean }) {
  return (
    <ul className={styles.shelf} aria-busy={busy}>
      {children}
    </ul>
  );
}

/** Shelves before their films have come. */
export function EmptyShelf({ slots }: { slots: number }) {
  return (
    <div role="status">
      <span className="unseen">Looking along the shelves…</span>
      <div className={styles.shelf} aria-hidden="true">
        {Array.from({ length: slots }, (_, slot) => (
          <div key={slot} className={styles.blank} />
        ))}
      </div>
    </div>
  );
}
