import { useState } from "react";
import { useLocation } from "wouter";

import { problemsOf } from "../graphql/answer";
import { CreateMovieDocument, type CreateMovieInput } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Notice, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { StaffOnly } from "../parts/SignedIn";
import { CostField, costOf, costProblem } from "./CostField";
import { creditsOf, emptyDraft, type FilmDraft } from "./filmDraft";
import { FilmForm } from "./FilmForm";

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

  async function create() {
    if (asking || costProblem(cost)) return;
    const input = inputOf(draft, cost);
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
      <CostField
        typed={cost}
        type={setCost}
        problem={problems.wholesaleCost}
        hint="A film without it cannot be rented."
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

function inputOf(draft: FilmDraft, cost: string): Omit<CreateMovieInput, "idempotencyKey"> {
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
    wholesaleCost: costOf(cost) ?? null,
  };
}
