import type { ReactNode } from "react";

import { type Answer } from "../graphql/answer";
import { inWords } from "../wording/refusals";
import styles from "./Notice.module.css";

/** Something to be noticed; `bad` interrupts who hears the page, the others wait for a pause. */
export function Notice({ tone, children }: { tone: "good" | "bad" | "plain"; children: ReactNode }) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** Why a mutation was not done, in words; nothing of one that was. */
export function Refused({ answer }: { answer: Answer<unknown> | undefined }) {
  if (!answer || answer.kind === "done") return null;
  if (answer.kind === "failed") return <Notice tone="bad">{answer.words}</Notice>;
  return (
    <Notice tone="bad">
      {answer.refusals.map((refusal, index) => (
        <p key={index}>{inWords(refusal)}</p>
      ))}
    </Notice>
  );
}

/** In the place of what a subgraph did not answer: the rest of the page goes on. */
export function NotKnown({ what, retry }: { what: string; retry?: () => void }) {
  return (
    <p className={styles.unknown} role="status">
      {what} not known just now.{" "}
      {retry && (
        <button type="button" className="plain" onClick={retry}>
          <u>Ask again</u>
        </button>
      )}
    </p>
  );
}

/** In the place of a page that could not be had at all. */
export function Outage({ words, retry }: { words: string; retry: () => void }) {
  return (
    <div className={`card ${styles.outage}`} role="alert">
      <p>{words}</p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
