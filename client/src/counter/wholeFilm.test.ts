import type { Client } from "@urql/core";
import { describe, expect, it } from "vitest";

import type { FilmRecordFragment } from "../graphql/generated/operations";
import { withAllCredits } from "./wholeFilm";

const edge = (id: string) => ({ cursor: id, node: { id } });
const page = (ids: string[], endCursor: string | null) => ({
  edges: ids.map(edge),
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});

const film = { slug: "long-credits", credits: page(["1", "2"], "2") } as unknown as FilmRecordFragment;

/** A router with these pages of credits, by the cursor that they come after; of others it has nothing. */
function router(pages: Record<string, ReturnType<typeof page>>) {
  const query = (_document: unknown, { after }: { after: string }) => {
    const credits = pages[after];
    return Promise.resolve({ data: credits && { movie: { credits } } });
  };
  return { query } as unknown as Client;
}

const idsOf = (found: FilmRecordFragment | undefined) => found?.credits.edges.map(({ node }) => node.id);

describe("a film's credits", () => {
  it("are read to the last page", async () => {
    const client = router({ "2": page(["3", "4"], "4"), "4": page(["5"], null) });
    expect(idsOf(await withAllCredits(client, film))).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("are none at all where a page cannot be had", async () => {
    expect(await withAllCredits(router({ "2": page(["3"], "3") }), film)).toBeUndefined();
  });
});
