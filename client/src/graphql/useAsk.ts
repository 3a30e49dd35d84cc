import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useMutation } from "urql";

import type { Refusal } from "../wording/refusals";
import { type Answer, answerOf } from "./answer";
import { createIntents } from "./intents";

interface Payload {
  errors?: readonly Refusal[];
}

interface Asked<P> {
  /** The answer to what was asked last; undefined while it is awaited. */
  answer: Answer<P> | undefined;
  asking: boolean;
  clear: () => void;
}

/** A mutation to send, and what came of it. */
export function useAsk<Data, Variables extends AnyVariables, P extends Payload>(
  document: TypedDocumentNode<Data, Variables>,
  root: (data: Data) => P | null,
): Asked<P> & { ask: (variables: Variables) => Promise<Answer<P>> } {
  const [{ fetching }, send] = useMutation(document);
  const [answer, setAnswer] = useState<Answer<P>>();
  return {
    answer,
    asking: fetching,
    clear: () => setAnswer(undefined),
    async ask(variables) {
      setAnswer(undefined);
      const answered = answerOf(await send(variables), root);
      setAnswer(answered);
      return answered;
    },
  };
}

/** A mutation that takes an idempotency key: whatever a person wants done with a subject is done once, however often it is sent. */
export function useAskOnce<Data, Variables extends AnyVariables, P extends Payload>(
  document: TypedDocumentNode<Data, Variables>,
  root: (data: Data) => P | null,
): Asked<P> & { ask: (subject: string, variables: (idempotencyKey: string) => Variables) => Promise<Answer<P>> } {
  const { ask, ...asked } = useAsk(document, root);
  const [intents] = useState(() => createIntents());
  return {
    ...asked,
    async ask(subject, variables) {
      const answer = await ask(variables(intents.key(subject)));
      if (answer.kind !== "failed") intents.answered(subject);
      return answer;
    },
  };
}
