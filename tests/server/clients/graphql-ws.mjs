// graphql-ws: `node graphql-ws.mjs ws://HOST/graphql QUERY` prints the results of an operation as a JSON list.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [, , url, query] = process.argv;
const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
const results = [];
for await (const result of client.iterate({ query })) results.push(result);
await client.dispose();
console.log(JSON.stringify(results));
