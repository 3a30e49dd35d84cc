import { type Exchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-sse";

import type { Session } from "../session/session";

/** Subscriptions as server-sent events, one request each; a dropped stream is taken up again a few times. */
export function streamExchange(url: string, session: Session): Exchange {
  const streams = createClient({ url, credentials: "omit", retryAttempts: 4, headers: () => authorized(session) });
  return subscriptionExchange({
    forwardSubscription: ({ query = "", variables, operationName }) => ({
      subscribe: (sink) => ({
        unsubscribe: streams.subscribe({ query, operationName, variables: variables as Record<string, unknown> }, sink),
      }),
    }),
  });
}

/** Asked for anew at each attempt: a stream outlives an access token, and the router ends it when the token does. */
async function authorized(session: Session): Promise<Record<string, string>> {
  if (session.stale()) await session.renew();
  const token = session.accessToken();
  return token ? { authorization: `Bearer ${token}` } : {};
}
