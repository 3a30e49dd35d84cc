// The audit of GraphQL over HTTP servers that graphql-http brings: `node audit.mjs URL`, one line of JSON an audit.
import { serverAudits } from "graphql-http";

// By GET a request must carry what other sites' pages cannot send; see the router's CSRF prevention.
const preflighted = { "apollo-require-preflight": "1" };

function fetchFn(url, init = {}) {
  return fetch(url, { ...init, headers: { ...init.headers, ...preflighted } });
}

for (const audit of serverAudits({ url: process.argv[2], fetchFn })) {
  const result = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, reason: result.reason }));
}
