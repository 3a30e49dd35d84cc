// graphql-sse: `node graphql-sse.mjs URL QUERY` prints the results of an operation as a JSON list.
import { createClient } from "graphql-sse";

const [, , url, query] = process.argv;
const client = createClient({ url, retryAttempts: 0 });
const results = [];
for await (const result of client.iterate({ query })) results.push(result);
client.dispose();
console.log(JSON.stringify(results));
