// @apollo/client: `node apollo-client.mjs URL QUERY [persisted]` prints the results of an operation as a JSON list.
// A subscription comes as a multipart response; with `persisted` the document is sent when it is asked for.
import { createHash } from "node:crypto";

import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

const [, , uri, text, persisted] = process.argv;
const sha256 = (document) => createHash("sha256").update(document).digest("hex");
const http = new HttpLink({ uri });
const link = persisted ? ApolloLink.from([new PersistedQueryLink({ sha256 }), http]) : http;
const client = new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { errorPolicy: "all" } } });
const query = gql(text);
const results = [];
if (query.definitions[0].operation === "subscription") {
  await new Promise((resolve, reject) => {
    client
      .subscribe({ query, errorPolicy: "all" })
      .subscribe({ next: ({ data }) => results.push({ data }), error: reject, complete: resolve });
  });
} else {
  const { data } = await client.query({ query });
  results.push({ data });
}
console.log(JSON.stringify(results));
