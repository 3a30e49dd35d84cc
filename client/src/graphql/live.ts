import { useSyncExternalStore } from "react";
import { useSubscription } from "urql";

import { AvailabilityChangedDocument, RentalChangedDocument } from "./generated/operations";

/** The router takes no more films than this in one subscription. */
const mostFilms = 50;

/**
 * Keeps the availability of these films as it is in the stores: the cache takes each event in, and the page follows.
 * Without a stream nothing is said of it, and the page is as true as its last answer.
 */
export function useAvailability(movieIds: readonly string[]): void {
  const visible = usePageVisible();
  useSubscription({
    query: AvailabilityChangedDocument,
    variables: { movieIds: movieIds.slice(-mostFilms) },
    pause: !visible || movieIds.length === 0,
  });
}

/** Keeps the viewer's rentals as they are, wherever they are changed. */
export function useRentalChanges(signedIn: boolean): void {
  const visible = usePageVisible();
  useSubscription({ query: RentalChangedDocument, pause: !visible || !signedIn });
}

/** A hidden tab gives its streams back: over HTTP/1.1 a browser opens six connections to a site, for all its tabs. */
function usePageVisible(): boolean {
  return useSyncExternalStore(onVisibilityChange, () => document.visibilityState === "visible");
}

function onVisibilityChange(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}
