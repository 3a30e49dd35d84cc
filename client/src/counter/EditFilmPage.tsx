import { useState } from "react";
import { useClient } from "urql";
import { Link } from "wouter";

import { problemsOf, failureInWords } from "../graphql/answer";
import { type FilmRecordFragment, UpdateMovieDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { NotFoundPage } from "../parts/NotFoundPage";
import { Notice, Outage, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { StaffOnly } from "../parts/SignedIn";
import { Conflict } from "./Conflict";
import { CostField, costOf, costProblem } from "./CostField";
import { changedFields, draftOf, type FilmDraft, merge, type Merge } from "./filmDraft";
import { FilmForm } from "./FilmForm";
import { updateOf } from "./filmUpdate";
import { RetireFilm } from "./RetireFilm";
import { useWholeFilm, wholeFilm, withAllCredits } from "./wholeFilm";

/** A film's entry, changed by one of several people who may be at it. */
export function EditFilmPage({ slug }: { slug: string }) {
  return (
    <StaffOnly>
      <Record slug={slug} />
    </StaffOnly>
  );
}

function Record({ slug }: { slug: string }) {
  const { found, lookAgain } = useWholeFilm(slug);
  if (!found) return <p role="status">Looking it up…</p>;
  const { film } = found;
  if (!film) {
    return film === null ? (
      <NotFoundPage what="film" />
    ) : (
      <Outage words={failureInWords(undefined)} retry={lookAgain} />
    );
  }
  return (
    <Page title={`Edit ${film.name}`}>
      <p>
        <Link href={`/films/${film.slug}`}>To the film's page</Link>
      </p>
      <EditFilm key={film.id} film={film} lookAgain={lookAgain} />
    </Page>
  );
}

function EditFilm({ film, lookAgain }: { film: FilmRecordFragment; lookAgain: () => void }) {
  const client = useClient();
  const [base, setBase] = useState(film);
  const [draft, setDraft] = useState<FilmDraft>(() => draftOf(film));
  const [cost, setCost] = useState("");
  const [conflict, setConflict] = useState<Merge & { theirs: FilmDraft }>();
  const { ask, asking, answer } = useAsk(UpdateMovieDocument, ({ updateMovie }) => updateMovie);
  const problems = problemsOf(answer);
  const unchanged = changedFields(draftOf(base), draft).length === 0 && !cost;

  async function save() {
    if (asking || unchanged || costProblem(cost)) return;
    const wholesaleCost = costOf(cost);
    const answered = await ask({ input: { ...updateOf(base, draft), ...(wholesaleCost && { wholesaleCost }) } });
    if (answered.kind === "done" && answered.payload.movie) {
      const saved = await withAllCredits(client, answered.payload.movie);
      if (saved) start(saved);
      else lookAgain();
    }
    if (answered.kind === "refused" && answered.refusals.some(({ __typename }) => __typename === "VersionConflict"))
      await join();
  }

  function start(saved: FilmRecordFragment) {
    setBase(saved);
    setDraft(draftOf(saved));
    setCost("");
    setConflict(undefined);
  }

  /** Takes in what the other person saved, and asks about the fields that both changed. */
  async function join() {
    const saved = await wholeFilm(client, base.slug);
    if (!saved) return;
    const theirs = draftOf(saved);
    const merged = merge(draftOf(base), draft, theirs);
    setBase(saved);
    setDraft(merged.draft);
    setConflict({ ...merged, theirs });
  }

  return (
    <>
      <FilmForm
        draft={draft}
        change={(change) => setDraft({ ...draft, ...change })}
        problems={problems}
        submit={() => void save()}
      >
        <CostField typed={cost} type={setCost} problem={problems.wholesaleCost} hint="Empty: it stays as it is." />
        {conflict && (
          <Conflict conflict={conflict} draft={draft} take={(change) => setDraft({ ...draft, ...change })} />
        )}
        {!conflict && <Refused answer={answer} />}
        {answer?.kind === "done" && unchanged && <Notice tone="good">Saved as version {base.version}.</Notice>}
        <div className="row">
          <button type="submit" className="button" aria-disabled={asking || unchanged}>
            Save
          </button>
          <span className="soft">Version {base.version}</span>
        </div>
      </FilmForm>
      <RetireFilm film={base} retired={(retired) => setBase({ ...retired, credits: base.credits })} />
    </>
  );
}
