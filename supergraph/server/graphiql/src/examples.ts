import type { TabsState } from '@graphiql/react';

type Tab = Pick<TabsState['tabs'][number], 'query' | 'variables' | 'headers'>;

interface Example {
  query: string;
  variables: string;
}

/** The router's example operations, a tab each; none when the router has none to give. */
export async function exampleTabs(): Promise<Tab[]> {
  const response = await fetch('/graphql/examples', { headers: { accept: 'application/json' } });
  const examples: Example[] = response.ok ? await response.json() : [];
  return examples.map(({ query, variables }) => ({ query, variables, headers: '' }));
}
