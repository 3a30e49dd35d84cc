// Writes src/graphql/generated/ from the router's API schema and the operations beside this file:
// operations.ts has a typed document for each operation, schema.json the shape that the cache reads types from.
// It drives GraphQL Code Generator's core; the command line would bring 200 packages of loaders that nothing here uses.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { minifyIntrospectionQuery } from "@urql/introspection";
import { buildSchema, introspectionFromSchema, parse } from "graphql";

const here = new URL(".", import.meta.url);
const generated = new URL("src/graphql/generated/", here);
const operations = new URL("src/graphql/operations/", here);
const sdl = readFileSync(process.env.API_SCHEMA ?? new URL("../schema/api.graphql", here), "utf8");
const schema = buildSchema(sdl);

const documents = readdirSync(operations)
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((name) => ({
    location: name,
    document: parse(readFileSync(new URL(name, operations), "utf8")),
  }));

const code = await codegen({
  filename: "operations.ts",
  schema: parse(sdl),
  schemaAst: schema,
  documents,
  plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
  pluginMap: { typescriptOperations, typedDocumentNode },
  config: {
    useTypeImports: true,
    strictScalars: true,
    scalars: { ID: "string", Date: "string", DateTime: "string", CurrencyCode: "string" },
    skipTypename: true,
    documentMode: "graphQLTag",
    gqlImport: "@urql/core#gql",
  },
});

mkdirSync(generated, { recursive: true });
writeFileSync(new URL("operations.ts", generated), code);
writeFileSync(
  new URL("schema.json", generated),
  JSON.stringify(minifyIntrospectionQuery(introspectionFromSchema(schema))),
);
