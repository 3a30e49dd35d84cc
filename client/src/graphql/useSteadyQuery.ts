import type { AnyVariables, CombinedError, RequestPolicy, TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useQuery } from "urql";

export interface Steady<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  fetching: boolean;
  /** Asks the router again, whatever the cache holds. */
  refresh: () => void;
}

/**
 * A query whose data stays while it is asked for again: what a mutation made the cache forget would otherwise be blank
 * until the router has answered, as if the subgraph behind it were down.
 */
export function useSteadyQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, requestPolicy }: { pause?: boolean; requestPolicy?: RequestPolicy } = {},
): Steady<Data> {
  const [{ data, error, fetching, stale, operation }, ask] = useQuery<Data, Variables>({
    query,
    variables,
    pause,
    ...(requestPolicy ? { requestPolicy } : {}),
  });
  const [kept, keep] = useState<{ key: number | undefined; data: Data | undefined }>();
  const key = operation?.key;
  if (!stale && data !== undefined && (kept?.data !== data || kept.key !== key)) keep({ key, data });

  return {
    data: stale && kept?.key === key ? kept?.data : data,
    error,
    fetching: fetching || stale,
    refresh: () => ask({ requestPolicy: "network-only" }),
  };
}
