// Reads composition cases as JSON lines from stdin, `{"composer": "guild" | "apollo", "subgraphs": [{name, url, sdl}]}`,
// and answers each with one line: `{"supergraph": SDL | null, "api": SDL | null, "errors": [{code, message}], "hints": [code]}`.
// `{..., "contract": {include: [tag], exclude: [tag], hideUnreachable: bool}}` asks "guild" for a contract's supergraph.
// `{"codes": true}` asks for all of Apollo's error codes: `{"codes": [code]}`.
// With `{"supergraph": SDL}` it loads a supergraph as Apollo's gateway does, and gives its API or the errors.
import { createInterface } from "node:readline";
import { composeServices as composeApollo } from "@apollo/composition";
import { ERRORS, Supergraph } from "@apollo/federation-internals";
import {
  composeSchemaContract,
  composeServices as composeGuild,
  transformSupergraphToPublicSchema,
} from "@theguild/federation-composition";
import { parse, print, printSchema } from "graphql";

const errorOf = (error) => ({ code: error.extensions?.code ?? null, message: error.message });

function guild(services, contract) {
  const result = contract
    ? composeSchemaContract(
        services,
        { include: new Set(contract.include), exclude: new Set(contract.exclude) },
        contract.hideUnreachable,
      )
    : composeGuild(services);
  const supergraph = result.supergraphSdl ?? null;
  return {
    supergraph,
    api: supergraph && print(transformSupergraphToPublicSchema(parse(supergraph))),
    errors: (result.errors ?? []).map(errorOf),
    hints: [],
  };
}

function apollo(services) {
  const result = composeApollo(services);
  const supergraph = result.supergraphSdl ?? null;
  return {
    supergraph,
    api: supergraph && printSchema(Supergraph.buildForTests(supergraph).apiSchema().toGraphQLJSSchema()),
    errors: (result.errors ?? []).map(errorOf),
    hints: (result.hints ?? []).map((hint) => hint.definition.code),
  };
}

const composers = { guild, apollo };

function compose({ composer, subgraphs, contract }) {
  try {
    const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
    return composers[composer](services, contract);
  } catch (error) {
    return { supergraph: null, api: null, errors: [errorOf(error)], hints: [] };
  }
}

function load({ supergraph }) {
  try {
    const api = printSchema(Supergraph.buildForTests(supergraph, true).apiSchema().toGraphQLJSSchema());
    return { supergraph, api, errors: [], hints: [] };
  } catch (error) {
    return { supergraph, api: null, errors: [errorOf(error)], hints: [] };
  }
}

function answer(request) {
  if (request.codes) return { codes: Object.values(ERRORS).map(({ code }) => code) };
  return request.supergraph ? load(request) : compose(request);
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
}
