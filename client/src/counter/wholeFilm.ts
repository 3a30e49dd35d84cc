import type { Client } from "@urql/core";
import { useEffect, useState } from "react";
import { useClient } from "urql";

import { FilmRecordDocument, type FilmRecordFragment, MoreCreditsDocument } from "../graphql/generated/operations";

type Asking = Pick<Client, "query">;

/**
 * The film with every one of its credits, which come a hundred at a time; undefined where a page cannot be had.
 *
 * Who saves an entry saves all of its credits: what is not read here would be taken away. Where somebody saves the film
 * between two pages, its version tells, and nothing is saved over it.
 */
export async function withAllCredits(
  client: Asking,
  film: FilmRecordFragment,
): Promise<FilmRecordFragment | undefined> {
  const edges = [...film.credits.edges];
  let { pageInfo } = film.credits;
  while (pageInfo.hasNextPage && pageInfo.endCursor) {
    const variables = { slug: film.slug, after: pageInfo.endCursor };
    const { data } = await client.query(MoreCreditsDocument, variables, { requestPolicy: "network-only" });
    if (!data?.movie) return undefined;
    edges.push(...data.movie.credits.edges);
    ({ pageInfo } = data.movie.credits);
  }
  return { ...film, credits: { ...film.credits, edges, pageInfo } };
}

/** The film as it is now: null where there is none, undefined where it cannot be had. */
export async function wholeFilm(client: Asking, slug: string): Promise<FilmRecordFragment | null | undefined> {
  const { data } = await client.query(FilmRecordDocument, { slug }, { requestPolicy: "network-only" });
  return data?.movie ? withAllCredits(client, data.movie) : data?.movie;
}

interface Found {
  film: FilmRecordFragment | null | undefined;
}

/** A film to be edited; `found` is undefined while it is looked up. */
export function useWholeFilm(slug: string): { found: Found | undefined; lookAgain: () => void } {
  const client = useClient();
  const [found, setFound] = useState<Found>();
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    let wanted = true;
    void wholeFilm(client, slug).then((film) => wanted && setFound({ film }));
    return () => {
      wanted = false;
    };
  }, [client, slug, looks]);
  return {
    found,
    lookAgain() {
      setFound(undefined);
      setLooks(looks + 1);
    },
  };
}
