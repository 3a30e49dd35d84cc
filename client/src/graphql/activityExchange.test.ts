import {
  Client,
  type Exchange,
  gql,
  makeErrorResult,
  makeResult,
  type Operation,
  type OperationResult,
} from "@urql/core";
import { describe, expect, it } from "vitest";
import { filter, fromValue, mergeMap, never, pipe } from "wonka";

import { createActivityLog } from "../activity/log";
import { activityExchange } from "./activityExchange";

const Film = gql`
  query Film($slug: String!) {
    movie(slug: $slug) {
      name
    }
  }
`;
const Rent = gql`
  mutation Rent($input: RentMovieInput!) {
    rentMovie(input: $input) {
      errors {
        code
      }
    }
  }
`;
const Changes = gql`
  subscription Changes {
    rentalChanged {
      id
    }
  }
`;

type Answer = (operation: Operation) => OperationResult | undefined;

/** A client whose router gives one answer to everything, or none. */
function shop(answer: Answer) {
  const log = createActivityLog();
  const router: Exchange = () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind !== "teardown"),
      mergeMap((operation) => {
        const result = answer(operation);
        return result ? fromValue(result) : never;
      }),
    );
  const client = new Client({ url: "/graphql", exchanges: [activityExchange(log), router], preferGetMethod: false });
  return { client, log };
}

const data = (value: Record<string, unknown>) => (operation: Operation) => makeResult(operation, { data: value });

describe("an operation in the activity log", () => {
  it("is there before its answer", async () => {
    const { client, log } = shop(() => undefined);
    client.query(Film, { slug: "alien" }).subscribe(() => undefined);
    await Promise.resolve();
    expect(log.entries()).toMatchObject([
      { kind: "query", name: "Film", outcome: "waiting", variables: { slug: "alien" } },
    ]);
  });

  it("shows its answer", async () => {
    const { client, log } = shop(data({ movie: { name: "Alien" } }));
    await client.query(Film, { slug: "alien" });
    expect(log.entries()[0]).toMatchObject({ outcome: "ok", answer: { data: { movie: { name: "Alien" } } } });
  });

  it("shows no secret that it sends", async () => {
    const { client, log } = shop(data({ rentMovie: { errors: [] } }));
    await client.mutation(Rent, { input: { offerToken: "sealed", idempotencyKey: "k" } });
    expect(JSON.stringify(log.entries())).not.toContain("sealed");
  });

  it("is marked as refused where its payload lists errors", async () => {
    const { client, log } = shop(data({ rentMovie: { errors: [{ code: "OUT_OF_STOCK" }] } }));
    await client.mutation(Rent, { input: {} });
    expect(log.entries()[0]?.outcome).toBe("refused");
  });

  it("is marked as partial where a part of it could not be had", async () => {
    const { client, log } = shop((operation) =>
      makeResult(operation, { data: { movie: null }, errors: [{ message: "no answer", path: ["movie"] }] }),
    );
    await client.query(Film, { slug: "alien" });
    expect(log.entries()[0]?.outcome).toBe("partial");
  });

  it("is marked as failed where no answer comes", async () => {
    const { client, log } = shop((operation) => makeErrorResult(operation, new Error("offline")));
    await client.query(Film, { slug: "alien" });
    expect(log.entries()[0]).toMatchObject({ outcome: "failed", answer: { network: "offline" } });
  });

  it("stays under way while its events come, each an entry of its own", () => {
    const { client, log } = shop(data({ rentalChanged: { id: "ren_1" } }));
    client.subscription(Changes, {}).subscribe(() => undefined);
    expect(log.entries().map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["subscription", "waiting"],
      ["event", "ok"],
    ]);
  });

  it("is not there when it was called off before it left", async () => {
    const { client, log } = shop(() => undefined);
    client
      .query(Film, { slug: "alien" })
      .subscribe(() => undefined)
      .unsubscribe();
    await Promise.resolve();
    expect(log.entries()).toEqual([]);
  });

  it("has ended when nobody listens any more", async () => {
    const { client, log } = shop(() => undefined);
    const listening = client.subscription(Changes, {}).subscribe(() => undefined);
    await Promise.resolve();
    listening.unsubscribe();
    expect(log.entries()[0]?.outcome).toBe("ended");
  });
});
