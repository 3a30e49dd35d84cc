import { useState } from "react";
import { useSearch } from "wouter";

import { failureInWords } from "../graphql/answer";
import { BrowsePageDocument, type BrowsePageQuery } from "../graphql/generated/operations";
import { useAvailability } from "../graphql/live";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Banner } from "./Banner";
import styles from "./BrowsePage.module.css";
import { FilmCard } from "./FilmCard";
import { FilterBar } from "./FilterBar";
import { filtersOf, isNarrowed, pageOfFilms, variablesOf } from "./filters";
import { PeopleFound } from "./PeopleFound";
import { EmptyShelf, Shelf } from "./Shelf";

type Films = NonNullable<BrowsePageQuery["movies"]>;

/** The whole shop: films to search, narrow down, sort and page through. */
export function BrowsePage() {
  const query = useSearch();
  const filters = filtersOf(query);
  const [page, setPage] = useState<{ query: string; after: string | null }>({ query, after: null });
  const after = page.query === query ? page.after : null;
  const { data, error, fetching, refresh } = useSteadyQuery(BrowsePageDocument, { ...variablesOf(filters), after });
  const films = data?.movies;

  return (
    <Page title="Last Row" unseenHeading>
      {!isNarrowed(filters) && <Banner />}
      <FilterBar filters={filters} count={films?.totalCount ?? undefined} />
      {filters.search.length > 1 && <PeopleFound search={filters.search} />}
      {films ? (
        <Films films={films} fetching={fetching} more={(cursor) => setPage({ query, after: cursor })} />
      ) : fetching ? (
        <EmptyShelf slots={pageOfFilms} />
      ) : (
        <Outage words={failureInWords(error)} retry={refresh} />
      )}
    </Page>
  );
}

function Films({ films, fetching, more }: { films: Films; fetching: boolean; more: (cursor: string) => void }) {
  const shown = films.edges.map(({ node }) => node);
  useAvailability(shown.map(({ id }) => id));
  if (shown.length === 0) return <NothingFound />;

  const { hasNextPage, endCursor } = films.pageInfo;
  return (
    <>
      <h2 className="unseen">On the shelves</h2>
      <Shelf busy={fetching}>
        {shown.map((film) => (
          <FilmCard key={film.id} film={film} />
        ))}
      </Shelf>
      <p className={styles.foot} role="status">
        {shown.length} of {films.totalCount ?? "many"} films
      </p>
      {hasNextPage && endCursor && (
        <button
          type="button"
          className={`button ${styles.more}`}
          aria-disabled={fetching}
          onClick={() => !fetching && more(endCursor)}
        >
          {fetching ? "Fetching more…" : "More films"}
        </button>
      )}
    </>
  );
}

function NothingFound() {
  return (
    <div className={styles.nothing} role="status">
      <h2>That shelf is empty</h2>
      <p>No film goes by all of that. Try fewer letters, another genre or more years.</p>
    </div>
  );
}
