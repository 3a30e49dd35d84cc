import type { AnyVariables, CombinedError, OperationResult } from "@urql/core";

import { inWords, type Refusal } from "../wording/refusals";

/** What a mutation came to: done, refused by its payload, or not answered. */
export type Answer<Payload> =
  | { kind: "done"; payload: Payload }
  | { kind: "refused"; payload: Payload; refusals: readonly [Refusal, ...Refusal[]] }
  | { kind: "failed"; words: string };

interface Refusable {
  errors?: readonly Refusal[];
}

/** Reads the payload of a mutation's one root field. */
export function answerOf<Data, Variables extends AnyVariables, Payload extends Refusable>(
  result: OperationResult<Data, Variables>,
  root: (data: Data) => Payload | null,
): Answer<Payload> {
  const payload = result.data ? root(result.data) : null;
  if (!payload) return { kind: "failed", words: failureInWords(result.error) };
  const [first, ...rest] = payload.errors ?? [];
  return first ? { kind: "refused", payload, refusals: [first, ...rest] } : { kind: "done", payload };
}

/** What is wrong with each input, by the last name of its path; under "" what is wrong with none of them in particular. */
export function problemsOf(answer: Answer<unknown> | undefined): Record<string, string> {
  const words: Record<string, string> = {};
  for (const refusal of answer?.kind === "refused" ? answer.refusals : []) {
    const field = refusal.path?.at(-1) ?? "";
    words[field] = words[field] ? `${words[field]} ${inWords(refusal)}` : inWords(refusal);
  }
  return words;
}

/** An outage, as a person can use it. */
export function failureInWords(error: CombinedError | undefined): string {
  const { status } = (error?.response ?? {}) as Partial<Response>;
  if (status === 429) return "That was a lot at once. Wait a moment and try again.";
  if (error?.networkError) return "The shop does not answer. Check your connection and try again.";
  const id = error?.graphQLErrors.map(({ extensions }) => extensions.errorId).find(Boolean);
  return `Something went wrong on our side. Try again in a moment.${typeof id === "string" ? ` (${id})` : ""}`;
}
