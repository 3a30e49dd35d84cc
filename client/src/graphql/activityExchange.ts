import {
  type Exchange,
  getOperationName,
  makeOperation,
  type Operation,
  type OperationResult,
  stringifyDocument,
} from "@urql/core";
import { map, pipe, tap } from "wonka";

import type { ActivityLog, Outcome } from "../activity/log";
import { redact } from "../activity/redact";

/** An operation on its way. */
interface Journey {
  operation: Operation;
  kind: "query" | "mutation" | "subscription";
  /** Its entry in the log, once it has one. */
  entry?: number;
  status?: number;
}

/** Enters every operation that leaves for the router, and its answer, in the log; it stands last before the network. */
export function activityExchange(log: ActivityLog): Exchange {
  return ({ forward }) => {
    const underWay = new Map<number, Journey>();

    function leave(operation: Operation): Operation {
      if (operation.kind === "teardown") {
        end(operation.key, { outcome: "ended", answer: undefined });
        return operation;
      }
      const journey: Journey = { operation, kind: operation.kind };
      underWay.set(operation.key, journey);
      // A query that is called off in the same breath, as React does at times, never leaves.
      queueMicrotask(() => {
        if (underWay.get(operation.key) === journey) enter(journey);
      });
      return makeOperation(operation.kind, operation, {
        ...operation.context,
        fetch: noting(journey, operation.context.fetch ?? fetch),
      });
    }

    function enter(journey: Journey): number {
      const { kind, operation } = journey;
      journey.entry ??= log.begin({ kind, ...describe(operation), variables: redact(operation.variables ?? {}) });
      return journey.entry;
    }

    function end(key: number, { outcome, answer }: { outcome: Outcome; answer: unknown }) {
      const journey = underWay.get(key);
      underWay.delete(key);
      if (journey?.entry !== undefined) log.finish(journey.entry, { outcome, answer, status: journey.status });
    }

    function arrive(result: OperationResult) {
      const { operation } = result;
      const journey = underWay.get(operation.key);
      if (!journey) return;
      enter(journey);
      const answered = { outcome: outcomeOf(result), answer: answerOf(result) };
      if (operation.kind !== "subscription" || result.error) end(operation.key, answered);
      else if (!result.hasNext) end(operation.key, { outcome: "ended", answer: undefined });
      else event(operation, answered);
    }

    function event(operation: Operation, answered: { outcome: Outcome; answer: unknown }) {
      const entry = log.begin({ kind: "event", ...describe(operation), variables: {} });
      log.finish(entry, { ...answered, status: undefined });
    }

    return (operations) => pipe(operations, map(leave), forward, tap(arrive));
  };
}

/** Fetches as given, and notes the status of the answer. */
function noting(journey: Journey, send: typeof fetch): typeof fetch {
  return async (...request) => {
    const response = await send(...request);
    journey.status = response.status;
    return response;
  };
}

function describe(operation: Operation): { name: string; document: string } {
  return { name: getOperationName(operation.query) ?? "(unnamed)", document: stringifyDocument(operation.query) };
}

function outcomeOf({ data, error }: OperationResult): Outcome {
  if (error) return data ? "partial" : "failed";
  return Object.values((data ?? {}) as Record<string, unknown>).some(refuses) ? "refused" : "ok";
}

/** Whether a root field's answer is a mutation payload that lists errors. */
function refuses(payload: unknown): boolean {
  return (
    typeof payload === "object" &&
    payload !== null &&
    "errors" in payload &&
    Array.isArray(payload.errors) &&
    payload.errors.length > 0
  );
}

function answerOf({ data, error, extensions }: OperationResult): unknown {
  const errors = error?.graphQLErrors.map(({ message, path, extensions }) => ({ message, path, extensions }));
  return redact({
    ...(errors?.length ? { errors } : {}),
    ...(error?.networkError ? { network: error.networkError.message } : {}),
    ...(data === undefined ? {} : { data: data as unknown }),
    ...(extensions ? { extensions } : {}),
  });
}
