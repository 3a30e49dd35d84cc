import { type FilmRecordFragment, RetireMovieDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Notice, Refused } from "../parts/Notice";

/** Takes a film out of the catalogue, after a second press: it does not come back by itself. */
export function RetireFilm({
  film,
  retired,
}: {
  film: FilmRecordFragment;
  retired: (film: FilmRecordFragment) => void;
}) {
  const { ask, asking, answer } = useAsk(RetireMovieDocument, ({ retireMovie }) => retireMovie);
  if (film.retiredAt) return <Notice tone="plain">This film has left the catalogue.</Notice>;

  async function retire() {
    const answered = await ask({ input: { id: film.id, expectedVersion: film.version } });
    if (answered.kind === "done" && answered.payload.movie) retired(answered.payload.movie);
  }

  return (
    <details>
      <summary>Take it out of the catalogue</summary>
      <div className="stack">
        <p>Nobody will find it or rent it any more. What is on loan stays on loan.</p>
        <Refused answer={answer} />
        <p>
          <button type="button" className="button" aria-disabled={asking} onClick={() => !asking && void retire()}>
            Retire “{film.name}”
          </button>
        </p>
      </div>
    </details>
  );
}
