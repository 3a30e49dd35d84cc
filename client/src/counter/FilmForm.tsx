import type { SubmitEvent, ReactNode } from "react";
import { useQuery } from "urql";

import { type Certification, GenresDocument } from "../graphql/generated/operations";
import { Choice, Field, TextField } from "../parts/Field";
import { Options } from "../parts/Options";
import { certificationLabels } from "../wording/terms";
import { type DraftField, fieldNames, type FilmDraft } from "./filmDraft";
import styles from "./FilmForm.module.css";

interface FilmFormProps {
  draft: FilmDraft;
  change: (change: Partial<FilmDraft>) => void;
  problems: Record<string, string>;
  submit: () => void;
  /** What is said and pressed under the fields. */
  children: ReactNode;
}

/** The fields of a film's entry, for a new film and for one that changes. */
export function FilmForm({ draft, change, problems, submit, children }: FilmFormProps) {
  const wired = (field: Exclude<DraftField, "genres" | "certification">) => ({
    label: fieldNames[field],
    value: draft[field],
    problem: problems[field],
    onChange: (event: { target: { value: string } }) => change({ [field]: event.target.value }),
  });

  function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    submit();
  }

  return (
    <form className={`card ${styles.form}`} onSubmit={onSubmit}>
      <div className={styles.pair}>
        <Field {...wired("name")} required maxLength={300} />
        <Field {...wired("originalName")} maxLength={300} />
      </div>
      <div className={styles.triple}>
        <Field {...wired("releaseDate")} type="date" required />
        <Field {...wired("runtimeMinutes")} inputMode="numeric" pattern="\d{1,4}" />
        <Choice
          label={fieldNames.certification}
          value={draft.certification}
          problem={problems.certification}
          onChange={(event) => change({ certification: event.target.value as Certification })}
        >
          <Options of={certificationLabels} />
        </Choice>
      </div>
      <Genres chosen={draft.genres} choose={(genres) => change({ genres })} problem={problems.genres} />
      <TextField {...wired("synopsis")} maxLength={4000} />
      <Field
        {...wired("synopsisSource")}
        type="url"
        maxLength={500}
        hint="It is named under the synopsis. Empty: the words are the shop's own."
      />
      <div className={styles.pair}>
        <TextField {...wired("directors")} hint="One a line." />
        <TextField {...wired("writers")} hint="One a line." />
      </div>
      <TextField
        {...wired("cast")}
        hint="One a line, in the order of the billing: Orson Welles as Harry Lime"
        problem={problems.cast ?? problems.credits}
      />
      {children}
    </form>
  );
}

interface GenresProps {
  chosen: readonly string[];
  choose: (genres: string[]) => void;
  problem: string | undefined;
}

function Genres({ chosen, choose, problem }: GenresProps) {
  const [{ data }] = useQuery({ query: GenresDocument });
  return (
    <fieldset className={styles.genres}>
      <legend>{fieldNames.genres}</legend>
      {data?.genres?.map(({ slug, name }) => (
        <label key={slug}>
          <input
            type="checkbox"
            checked={chosen.includes(slug)}
            onChange={({ target }) =>
              choose(target.checked ? [...chosen, slug] : chosen.filter((genre) => genre !== slug))
            }
          />{" "}
          {name}
        </label>
      ))}
      {problem && <small className={styles.problem}>{problem}</small>}
    </fieldset>
  );
}
