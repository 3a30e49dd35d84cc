import { AddToWatchlistDocument, RemoveFromWatchlistDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Refused } from "../parts/Notice";
import type { Film } from "./film";

/** Puts a film on the viewer's watchlist or takes it off; nobody's when nobody is signed in. */
export function WatchlistToggle({ film: { id, onWatchlist } }: { film: Pick<Film, "id" | "onWatchlist"> }) {
  const add = useAsk(AddToWatchlistDocument, ({ addToWatchlist }) => addToWatchlist);
  const remove = useAsk(RemoveFromWatchlistDocument, ({ removeFromWatchlist }) => removeFromWatchlist);
  if (onWatchlist === null) return null;
  const toggle = onWatchlist ? remove : add;
  return (
    <>
      <button
        type="button"
        className="button quiet"
        aria-pressed={onWatchlist}
        aria-disabled={toggle.asking}
        onClick={() => !toggle.asking && void toggle.ask({ input: { titleId: id } })}
      >
        {onWatchlist ? "✓ On your watchlist" : "+ Add to watchlist"}
      </button>
      <Refused answer={toggle.answer} />
    </>
  );
}
