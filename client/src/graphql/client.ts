import { Client, fetchExchange } from "@urql/core";
import { authExchange } from "@urql/exchange-auth";
import { cacheExchange } from "@urql/exchange-graphcache";

import type { ActivityLog } from "../activity/log";
import type { Session } from "../session/session";
import { activityExchange } from "./activityExchange";
import { authorization } from "./authorization";
import { cache } from "./cache";
import { streamExchange } from "./streamExchange";

export const url = "/graphql";

// Without a stream type: a router that prefers event streams would answer a plain query with one.
const accept = "application/graphql-response+json, application/json;q=0.9";

/** How every request is sent, whatever it asks. */
export const sending = { headers: { accept }, credentials: "omit" } satisfies RequestInit;

/** A client with an empty cache, for one identity: what one person saw is never shown to the next. */
export function createShopClient(session: Session, log: ActivityLog): Client {
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: sending,
    exchanges: [
      cacheExchange(cache()),
      authExchange((utilities) => Promise.resolve(authorization(session, utilities))),
      activityExchange(log),
      fetchExchange,
      streamExchange(url, session),
    ],
  });
}
