// The plans of other planners. The planner is the argument, `hive` or `apollo`. Each line of stdin,
// `{"supergraph": SDL, "operations": [TEXT]}`, is answered with one line: for each operation the plan's fetches, each
// `{"step": N, "subgraph": NAME, "text": DOCUMENT, "paths": [[KEY]]}` (the paths of the objects that it is for), or
// `{"error": MESSAGE}` where the planner makes no plan.
import { createInterface } from "node:readline";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { QueryPlanner as ApolloPlanner } from "@apollo/query-planner";
import { QueryPlanner as HivePlanner } from "@graphql-hive/router-query-planner";
import { parse } from "graphql";

function hive(supergraph) {
  const planner = new HivePlanner(supergraph);
  return (operation) => planner.plan(operation, undefined, new Set(), 0);
}

// This planner reads no supergraph with @oneOf, which only matters to inputs and not to plans.
function apollo(supergraph) {
  const built = Supergraph.buildForTests(supergraph.replace(/ @oneOf\b|^\s*@oneOf$/gm, ""), true);
  const planner = new ApolloPlanner(built);
  return (operation) => planner.buildQueryPlan(operationFromDocument(built.apiSchema(), parse(operation)));
}

const keys = (path) =>
  path.map((each) => each.Field ?? each).filter((each) => typeof each === "string" && each !== "@");

// What is in a sequence follows each other, what is parallel begins in the same step. Gives the last step.
function collect(node, before, path, fetches) {
  if (!node) return before;
  const children = (nodes) => Math.max(before, ...nodes.map((each) => collect(each, before, path, fetches)));
  switch (node.kind) {
    case "Fetch":
    case "BatchFetch": {
      const batch = node.entityBatch?.aliases.flatMap((each) => each.paths.map(keys));
      fetches.push({ step: before + 1, subgraph: node.serviceName, text: node.operation, paths: batch ?? [path] });
      return before + 1;
    }
    case "Sequence":
      return node.nodes.reduce((step, each) => collect(each, step, path, fetches), before);
    case "Parallel":
      return children(node.nodes);
    case "Condition":
      return children([node.ifClause, node.elseClause]);
    case "Flatten":
      return collect(node.node, before, keys(node.path), fetches);
    case "Subscription":
      return collect(node.rest, collect({ kind: "Fetch", ...node.primary }, before, path, fetches), path, fetches);
    case "QueryPlan":
      return collect(node.node, before, path, fetches);
    default:
      throw new Error(`cannot read a plan node of kind ${node.kind}`);
  }
}

function fetchesOf(plan) {
  const fetches = [];
  collect(plan, 0, [], fetches);
  return fetches;
}

function attempt(work) {
  try {
    return work();
  } catch (error) {
    return { error: error.message };
  }
}

const planners = { hive, apollo };
const load = planners[process.argv[2]];

for await (const line of createInterface({ input: process.stdin })) {
  const { supergraph, operations } = JSON.parse(line);
  const plan = attempt(() => load(supergraph));
  const plans = operations.map((operation) => (plan.error ? plan : attempt(() => fetchesOf(plan(operation)))));
  process.stdout.write(JSON.stringify(plans) + "\n");
}
