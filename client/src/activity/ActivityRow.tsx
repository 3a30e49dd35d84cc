import { memo } from "react";

import styles from "./ActivityRow.module.css";
import { JsonTree } from "./JsonTree";
import type { Activity, Outcome } from "./log";

const outcomes: Record<Outcome, string> = {
  waiting: "…",
  ok: "ok",
  refused: "refused",
  partial: "partial",
  failed: "failed",
  ended: "ended",
};

/** One operation: a line, and under it what was sent and what came back. */
export const ActivityRow = memo(function ActivityRow({ entry }: { entry: Activity }) {
  const { answer, document, durationMs, kind, name, outcome, startedAt, status, variables } = entry;
  return (
    <li data-operation={name} data-outcome={outcome}>
      <details className={styles.entry}>
        <summary className={styles.line}>
          <time dateTime={new Date(startedAt).toISOString()}>{clock(startedAt)}</time>
          <span className={`${styles.kind} ${styles[kind]}`}>{kind}</span>
          <strong className={styles.name}>{name}</strong>
          <span className={styles.variables}>{inShort(variables)}</span>
          <span className={`${styles.outcome} ${styles[outcome]}`}>
            {outcomes[outcome]}
            {status !== undefined && ` ${status}`}
          </span>
          <span className={styles.duration}>{durationMs !== undefined && kind !== "event" && `${durationMs} ms`}</span>
        </summary>
        <div className={styles.body}>
          <JsonTree name="variables" value={variables} />
          {answer !== undefined && <JsonTree name="answer" value={answer} open />}
          <details>
            <summary>operation</summary>
            <pre>{document}</pre>
          </details>
        </div>
      </details>
    </li>
  );
});

function clock(instant: number): string {
  return new Date(instant).toTimeString().slice(0, 8);
}

function inShort(variables: unknown): string {
  const text = JSON.stringify(variables);
  return text === "{}" ? "" : text;
}
