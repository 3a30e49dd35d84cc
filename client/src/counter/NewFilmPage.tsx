import { useState } from "react";
import { useLocation } from "wouter";

import { problemsOf } from "../graphql/answer";
import { CreateMovieDocument, type CreateMovieInput } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { StaffOnly } from "../parts/SignedIn";
import { amountTyped } from "../wording/money";
import { creditsOf, emptyDraft, type FilmDraft } from "./filmDraft";
import { FilmForm } from "./FilmForm";

/** What the shop buys in. */
const currency = "USD";

/** A film comes into the catalogue. */
export function NewFilmPage() {
  return (
    <StaffOnly>
      <Page title="New film">
        <NewFilm />
      </Page>
    </StaffOnly>
  );
}

function NewFilm() {
  const [draft, setDraft] = useState<FilmDraft>(emptyDraft);
  const [cost, setCost] = useState("");
  const [, navigate] = useLocation();
  const { ask, asking, answer } = useAskOnce(CreateMovieDocument, ({ createMovie }) => createMovie);
  const problems = problemsOf(answer);
  const amountMinor = amountTyped(cost, currency);
  const costProblem = cost && amountMinor === undefined ? "Type an amount, like 14.50." : undefined;

  async function create() {
    if (asking || costProblem) return;
    const input = inputOf(draft, amountMinor);
    const answered = await ask(JSON.stringify(input), (idempotencyKey) => ({ input: { ...input, idempotencyKey } }));
    if (answered.kind === "done" && answered.payload.movie) navigate(`/films/${answered.payload.movie.slug}`);
  }

  return (
    <FilmForm
      draft={draft}
      change={(change) => setDraft({ ...draft, ...change })}
      problems={problems}
      submit={() => void create()}
    >
      <Field
        label="Cost of a copy"
        inputMode="decimal"
        value={cost}
        problem={costProblem ?? problems.wholesaleCost}
        hint={`In ${currency}. Loans are priced from it; a film without it cannot be rented.`}
        onChange={(event) => setCost(event.target.value)}
      />
      {answer?.kind === "failed" && <Refused answer={answer} />}
      {problems[""] && <Notice tone="bad">{problems[""]}</Notice>}
      <p>
        <button type="submit" className="button" aria-disabled={asking}>
          Put it in the catalogue
        </button>
      </p>
    </FilmForm>
  );
}

function inputOf(draft: FilmDraft, amountMinor: number | undefined): Omit<CreateMovieInput, "idempotencyKey"> {
  return {
    name: draft.name,
    originalName: draft.originalName || null,
    releaseDate: draft.releaseDate,
    certification: draft.certification,
    genres: [...draft.genres],
    synopsis: draft.synopsis || null,
    synopsisSource: draft.synopsisSource || null,
    runtimeMinutes: draft.runtimeMinutes ? Number(draft.runtimeMinutes) : null,
    credits: creditsOf(draft),
    wholesaleCost: amountMinor === undefined ? null : { amountMinor, currency },
  };
}
