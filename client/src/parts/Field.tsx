import { type ComponentProps, type ReactNode, useId } from "react";

import styles from "./Field.module.css";

interface Described {
  label: string;
  /** What to know before filling it in. */
  hint?: string | undefined;
  /** What is wrong with what was filled in. */
  problem?: string | undefined;
}

interface Wired {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** A label, one control, and what is to be said of it, tied together for those who hear the page. */
function Labelled({ label, hint, problem, children }: Described & { children: (wired: Wired) => ReactNode }) {
  const id = useId();
  const [hintId, problemId] = [`${id}-hint`, `${id}-problem`];
  const about = [hint && hintId, problem && problemId].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, ...(about && { "aria-describedby": about }), ...(problem && { "aria-invalid": true }) })}
      {hint && (
        <small id={hintId} className="soft">
          {hint}
        </small>
      )}
      {problem && (
        <small id={problemId} className={styles.problem}>
          {problem}
        </small>
      )}
    </div>
  );
}

export function Field({ label, hint, problem, ...input }: Described & ComponentProps<"input">) {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(wired) => <input {...input} {...wired} />}
    </Labelled>
  );
}

export function TextField({ label, hint, problem, ...area }: Described & ComponentProps<"textarea">) {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(wired) => <textarea {...area} {...wired} />}
    </Labelled>
  );
}

export function Choice({ label, hint, problem, ...select }: Described & ComponentProps<"select">) {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(wired) => <select {...select} {...wired} />}
    </Labelled>
  );
}
