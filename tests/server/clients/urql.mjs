// @urql/core: `node urql.mjs URL QUERY` prints the results of an operation as a JSON list.
import { Client, fetchExchange } from "@urql/core";
import { onEnd, pipe, subscribe } from "wonka";

const [, , url, query] = process.argv;
const client = new Client({
  url,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  preferGetMethod: false,
});
const results = [];
const subscribes = query.startsWith("subscription");
const source = subscribes ? client.subscription(query, {}) : client.query(query, {});
await new Promise((resolve) => {
  pipe(
    source,
    onEnd(resolve),
    subscribe((result) => {
      // The end of a stream is told by its last result once more.
      if (!subscribes || result.hasNext) results.push({ data: result.data, error: result.error?.message });
      if (!subscribes) resolve();
    }),
  );
});
console.log(JSON.stringify(results));
