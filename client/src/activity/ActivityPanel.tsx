import { useEffect, useRef, useSyncExternalStore } from "react";

import styles from "./ActivityPanel.module.css";
import { ActivityRow } from "./ActivityRow";
import type { ActivityLog } from "./log";

/** The console at the foot of the shop: every GraphQL operation as it leaves, and what came back. */
export function ActivityPanel({ log, close }: { log: ActivityLog; close: () => void }) {
  const entries = useSyncExternalStore(log.subscribe, log.entries);
  const list = useRef<HTMLOListElement>(null);
  const newest = entries.at(-1)?.id;

  // Follows the newest, unless somebody has scrolled up to read.
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const behind = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (behind < 160) element.scrollTop = element.scrollHeight;
  }, [newest]);

  return (
    <section id="activity" className={styles.panel} aria-labelledby="activity-title">
      <header className={styles.head}>
        <h2 id="activity-title">Activity</h2>
        <p>
          {entries.length} {entries.length === 1 ? "entry" : "entries"}, newest last
        </p>
        <button type="button" onClick={log.clear}>
          Clear
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </header>
      <ol ref={list} className={styles.list} tabIndex={0} aria-label="GraphQL operations">
        {entries.length === 0 && <li className={styles.nothing}>Nothing has been asked yet.</li>}
        {entries.map((entry) => (
          <ActivityRow key={entry.id} entry={entry} />
        ))}
      </ol>
    </section>
  );
}
