// The shapes of other planners' plans. The planner is the argument, `hive` or `apollo`. Each line of stdin,
// `{"supergraph": SDL, "operations": [TEXT]}`, is answered with one line: for each operation
// `{"steps": N, "fetches": N}`, or `{"error": MESSAGE}` where the planner makes no plan.
import { createInterface } from "node:readline";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { QueryPlanner as ApolloPlanner } from "@apollo/query-planner";
import { QueryPlanner as HivePlanner } from "@graphql-hive/router-query-planner";
import { parse } from "graphql";

function hive(supergraph) {
  const planner = new HivePlanner(supergraph);
  return (operation) => planner.plan(operation, undefined, new Set(), 0);
}

function apollo(supergraph) {
  const built = Supergraph.buildForTests(supergraph, true);
  const planner = new ApolloPlanner(built);
  return (operation) => planner.buildQueryPlan(operationFromDocument(built.apiSchema(), parse(operation)));
}

const nothing = { steps: 0, fetches: 0 };
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// The steps of nodes in a sequence add up, the longest of parallel ones counts; every fetch counts.
function shape(node) {
  if (!node) return nothing;
  if (node.kind === "Fetch" || node.kind === "BatchFetch") return { steps: 1, fetches: 1 };
  if (node.kind === "Sequence" || node.kind === "Parallel") {
    const shapes = node.nodes.map(shape);
    const steps = shapes.map((each) => each.steps);
    return {
      steps: node.kind === "Sequence" ? sum(steps) : Math.max(0, ...steps),
      fetches: sum(shapes.map((each) => each.fetches)),
    };
  }
  if (node.kind === "Flatten" || node.kind === "QueryPlan") return shape(node.node);
  if (node.kind === "Condition") {
    const [first, second] = [shape(node.ifClause), shape(node.elseClause)];
    return { steps: Math.max(first.steps, second.steps), fetches: first.fetches + second.fetches };
  }
  throw new Error(`cannot read a plan node of kind ${node.kind}`);
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
  const shapes = operations.map((operation) => (plan.error ? plan : attempt(() => shape(plan(operation)))));
  process.stdout.write(JSON.stringify(shapes) + "\n");
}
