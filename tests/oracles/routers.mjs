// Loads a supergraph in other routers and asks them something. Reads JSON lines from stdin:
// `{"router": "hive" | "apollo", "supergraph": SDL, "operation": TEXT}` is answered with
// `{"plan": PLAN | null, "api": SDL (Hive's), "errors": [message]}`;
// `{"router": "gateway", ..., "answers": {subgraph: data}}` executes the operation over subgraphs that answer with such data:
// `{"data": DATA | null, "asked": [{subgraph, operation, variables}], "errors": [message]}`.
import { createInterface } from "node:readline";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { ApolloGateway } from "@apollo/gateway";
import { QueryPlanner as ApolloPlanner } from "@apollo/query-planner";
import { QueryPlanner as HivePlanner } from "@graphql-hive/router-query-planner";
import { parse } from "graphql";

function hive({ supergraph, operation }) {
  const planner = new HivePlanner(supergraph);
  return { plan: planner.plan(operation, undefined, new Set(), 0), api: planner.consumerSchema, errors: [] };
}

// Apollo's Node gateway refuses whatever links an authorization specification, its own composition's output too;
// what is built for tests accepts what Apollo Router does.
function apollo({ supergraph, operation }) {
  const built = Supergraph.buildForTests(supergraph, true);
  const plan = new ApolloPlanner(built).buildQueryPlan(operationFromDocument(built.apiSchema(), parse(operation)));
  return { plan, errors: [] };
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function gateway({ supergraph, operation, answers }) {
  const asked = [];
  const buildService = ({ name }) => ({
    async process({ request }) {
      asked.push({ subgraph: name, operation: request.query, variables: request.variables ?? {} });
      return { data: answers[name] };
    },
  });
  const loaded = new ApolloGateway({ supergraphSdl: supergraph, buildService, logger: quiet });
  try {
    const { executor } = await loaded.load();
    const document = parse(operation);
    const { data, errors } = await executor({
      document,
      request: { query: operation, variables: {} },
      operationName: null,
      queryHash: operation,
      context: {},
      metrics: {},
      cache: undefined,
      schema: loaded.schema,
    });
    return { data, asked, errors: (errors ?? []).map((error) => error.message) };
  } finally {
    await loaded.stop();
  }
}

const routers = { hive, apollo, gateway };

async function answer(request) {
  try {
    return await routers[request.router](request);
  } catch (error) {
    return { plan: null, data: null, asked: [], errors: [error.message] };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
