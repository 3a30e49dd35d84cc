import styles from "./Conflict.module.css";
import { type DraftField, fieldNames, type FilmDraft, type Merge, same } from "./filmDraft";

interface ConflictProps {
  conflict: Merge & { theirs: FilmDraft };
  draft: FilmDraft;
  take: (change: Partial<FilmDraft>) => void;
}

/** Somebody saved while this person was typing: what came in, and the fields that only this person can decide. */
export function Conflict({ conflict: { theirs, draft: mine, disputed, adopted }, draft, take }: ConflictProps) {
  return (
    <section className={styles.conflict} role="alert" aria-labelledby="conflict">
      <h2 id="conflict">Somebody else saved this film meanwhile</h2>
      {adopted.length > 0 && (
        <p>Their changes are in the form now: {adopted.map((field) => fieldNames[field]).join(", ")}.</p>
      )}
      {disputed.length === 0 && <p>Nothing of yours is in their way. Look it over and save again.</p>}
      {disputed.map((field) => (
        <fieldset key={field} className={styles.field}>
          <legend>{fieldNames[field]}: you both changed it</legend>
          <Version
            field={field}
            of={mine}
            whose="Yours"
            chosen={same(draft, mine, field)}
            choose={() => take({ [field]: mine[field] })}
          />
          <Version
            field={field}
            of={theirs}
            whose="Theirs"
            chosen={same(draft, theirs, field)}
            choose={() => take({ [field]: theirs[field] })}
          />
        </fieldset>
      ))}
    </section>
  );
}

interface VersionProps {
  field: DraftField;
  of: FilmDraft;
  whose: string;
  chosen: boolean;
  choose: () => void;
}

function Version({ field, of, whose, chosen, choose }: VersionProps) {
  const value = of[field];
  return (
    <label className={styles.version}>
      <input type="radio" name={field} checked={chosen} onChange={choose} />
      <span>
        <strong>{whose}</strong>
        <br />
        <span className={styles.value}>{typeof value === "string" ? value || "(nothing)" : value.join(", ")}</span>
      </span>
    </label>
  );
}
