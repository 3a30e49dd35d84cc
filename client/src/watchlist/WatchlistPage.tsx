import { useState } from "react";

import { FilmCard } from "../browse/FilmCard";
import { EmptyShelf, Shelf } from "../browse/Shelf";
import { failureInWords } from "../graphql/answer";
import { type FilmCardFragment, WatchlistDocument } from "../graphql/generated/operations";
import { useAvailability } from "../graphql/live";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { SignedIn } from "../parts/SignedIn";

const pageOfWatchlist = 24;

/** What the viewer means to see one day. */
export function WatchlistPage() {
  return (
    <Page title="Watchlist">
      <SignedIn>
        <Watchlist />
      </SignedIn>
    </Page>
  );
}

function Watchlist() {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, fetching, refresh } = useSteadyQuery(
    WatchlistDocument,
    { first: pageOfWatchlist, after },
    { requestPolicy: "cache-and-network" },
  );
  const watchlist = data?.viewer?.watchlist;
  const films = watchlist?.edges.map(({ node }) => node.title).filter(isFilm) ?? [];
  useAvailability(films.map(({ id }) => id));

  if (!watchlist) return fetching ? <EmptyShelf slots={6} /> : <Outage words={failureInWords(error)} retry={refresh} />;
  if (films.length === 0) return <p className="soft">Nothing yet. A film's page has a button that puts it here.</p>;
  const { hasNextPage, endCursor } = watchlist.pageInfo;
  return (
    <>
      <h2 className="unseen">Films</h2>
      <Shelf busy={fetching}>
        {films.map((film) => (
          <FilmCard key={film.id} film={film} />
        ))}
      </Shelf>
      {hasNextPage && endCursor && (
        <p>
          <button
            type="button"
            className="button quiet"
            aria-disabled={fetching}
            onClick={() => !fetching && setAfter(endCursor)}
          >
            More
          </button>
        </p>
      )}
    </>
  );
}

/** Titles may be collections too; those have no box to stand on a shelf. */
function isFilm(title: object | null): title is FilmCardFragment {
  return title !== null && "certification" in title;
}
