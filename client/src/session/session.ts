import type { TokensFragment } from "../graphql/generated/operations";

/** What came of offering a refresh token: the next pair, a refusal, or no answer at all. */
export type Trade = (refreshToken: string) => Promise<TokensFragment | "refused" | "unanswered">;

/** Where the refresh token outlives a reload; `sessionStorage` in a browser. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** How tabs tell each other of tokens; a `BroadcastChannel` in a browser. */
export interface Channel {
  postMessage: (message: Message) => void;
  onmessage: ((event: MessageEvent<Message>) => void) | null;
}

type Message =
  | { kind: "spent"; token: string; next: TokensFragment }
  | { kind: "ended"; token: string }
  | { kind: "anybody there?" }
  | { kind: "here"; tokens: TokensFragment };

const key = "last-row.refresh-token";
/** Tokens are renewed this long before they run out, so that no request sets off with one that dies on the way. */
const margin = 30_000;
/** However this device's clock stands to the router's, new tokens are good for so long. */
const shortest = 60_000;

export interface Session {
  /** Changes whenever somebody signs in or out, and not when tokens are renewed. */
  identity: () => number;
  subscribe: (listener: () => void) => () => void;
  signedIn: () => boolean;
  accessToken: () => string | undefined;
  refreshToken: () => string | undefined;
  /** Whether an access token must be had before the next request. */
  stale: () => boolean;
  begin: (tokens: TokensFragment) => void;
  /** The same person's next tokens, had otherwise than by trading. */
  goOn: (tokens: TokensFragment) => void;
  end: () => void;
  /** Sets how tokens are traded. */
  tradeWith: (trade: Trade) => void;
  /** Trades the refresh token for a new pair, once however many ask; a refused one ends the session. */
  renew: () => Promise<void>;
}

/**
 * One person's session in the tabs that they have open.
 *
 * The access token lives in memory alone. The refresh token lies in `sessionStorage`: it survives a reload, and dies
 * with the tab. A script that got into the page could read either (and could as well send requests with a cookie);
 * so the page takes no script from elsewhere, each refresh token works once, and one used twice ends the session.
 *
 * Tabs of the shop speak with each other. A new one is let in by one that is. They hold the same refresh token, so
 * whoever spends it tells the others: a tab that used it again would look like a thief, and end the session for all.
 */
export function createSession(store: Store, channel: Channel, now: () => number = Date.now): Session {
  const listeners = new Set<() => void>();
  let identity = 0;
  let access: { tokens: TokensFragment; staleAt: number } | undefined;
  let trade: Trade | undefined;
  let renewal: Promise<void> | undefined;

  const refreshToken = () => store.getItem(key) ?? undefined;

  function hold(tokens: TokensFragment) {
    access = { tokens, staleAt: Math.max(Date.parse(tokens.expiresAt) - margin, now() + shortest) };
    store.setItem(key, tokens.refreshToken);
  }

  function forget() {
    access = undefined;
    store.removeItem(key);
    becomeSomebodyElse();
  }

  function becomeSomebodyElse() {
    identity += 1;
    listeners.forEach((listener) => listener());
  }

  async function tradeOnce(): Promise<void> {
    const spent = refreshToken();
    if (!spent || !trade) return;
    const next = await trade(spent);
    if (refreshToken() !== spent) return; // signed out, or another tab was quicker
    if (next === "refused") {
      forget();
    } else if (next !== "unanswered") {
      hold(next);
      channel.postMessage({ kind: "spent", token: spent, next });
    }
  }

  function begin(tokens: TokensFragment) {
    hold(tokens);
    becomeSomebodyElse();
  }

  channel.onmessage = ({ data }) => {
    const mine = refreshToken();
    if (data.kind === "anybody there?" && access) channel.postMessage({ kind: "here", tokens: access.tokens });
    if (data.kind === "here" && !mine) begin(data.tokens);
    if (data.kind === "ended" && data.token === mine) forget();
    if (data.kind === "spent" && data.token === mine) hold(data.next);
  };
  if (!refreshToken()) channel.postMessage({ kind: "anybody there?" });

  return {
    identity: () => identity,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signedIn: () => refreshToken() !== undefined,
    accessToken: () => access?.tokens.accessToken,
    refreshToken,
    stale: () => refreshToken() !== undefined && (!access || access.staleAt < now()),
    begin,
    goOn: hold,
    end() {
      const ended = refreshToken();
      if (ended) channel.postMessage({ kind: "ended", token: ended });
      forget();
    },
    tradeWith(how) {
      trade = how;
    },
    renew() {
      renewal ??= tradeOnce().finally(() => {
        renewal = undefined;
      });
      return renewal;
    },
  };
}
