export type ActivityKind = "query" | "mutation" | "subscription" | "event";

/** `refused`: answered, and a typed error of the payload says no. `partial`: data and errors. */
export type Outcome = "waiting" | "ok" | "refused" | "partial" | "failed" | "ended";

export interface Activity {
  readonly id: number;
  readonly kind: ActivityKind;
  readonly name: string;
  readonly document: string;
  readonly variables: unknown;
  readonly startedAt: number;
  readonly outcome: Outcome;
  /** HTTP status of the answer, where one came. */
  readonly status?: number | undefined;
  readonly durationMs?: number;
  readonly answer?: unknown;
}

export interface ActivityLog {
  begin: (activity: Pick<Activity, "kind" | "name" | "document" | "variables">) => number;
  finish: (id: number, end: Pick<Activity, "outcome" | "status" | "answer">) => void;
  clear: () => void;
  entries: () => readonly Activity[];
  subscribe: (listener: () => void) => () => void;
}

/** The operations of this tab, newest last; the oldest go when there are more than `capacity`. */
export function createActivityLog(capacity = 200, now: () => number = Date.now): ActivityLog {
  const listeners = new Set<() => void>();
  let entries: readonly Activity[] = [];
  let lastId = 0;

  function replace(next: readonly Activity[]) {
    entries = next;
    listeners.forEach((listener) => listener());
  }

  return {
    begin(activity) {
      lastId += 1;
      const entry: Activity = { ...activity, id: lastId, startedAt: now(), outcome: "waiting" };
      replace([...entries, entry].slice(-capacity));
      return lastId;
    },
    finish(id, end) {
      replace(
        entries.map((entry) =>
          entry.id === id && entry.outcome === "waiting"
            ? { ...entry, ...end, durationMs: now() - entry.startedAt }
            : entry,
        ),
      );
    },
    clear: () => replace([]),
    entries: () => entries,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
