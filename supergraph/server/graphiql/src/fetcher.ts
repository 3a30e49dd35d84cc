import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';

export const ENDPOINT = '/graphql';

const fetchOnce = createGraphiQLFetcher({ url: ENDPOINT });

/** Sends queries and mutations as they are, and reads subscriptions as server-sent events. */
export const fetcher: Fetcher = (params, options) => {
  const document = options?.documentAST ?? parse(params.query);
  if (getOperationAST(document, params.operationName)?.operation !== 'subscription') {
    return fetchOnce(params, options);
  }
  const client = createClient({ url: ENDPOINT, headers: options?.headers ?? {}, retryAttempts: 0 });
  return client.iterate({
    query: params.query,
    operationName: params.operationName ?? undefined,
    variables: params.variables,
  });
};
