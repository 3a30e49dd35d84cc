import { describe, expect, it, vi } from "vitest";

import { type Channel, createSession, type Trade } from "./session";

const noon = Date.parse("2026-01-01T12:00:00Z");
const pair = (n: number) => ({
  accessToken: `access-${n}`,
  refreshToken: `refresh-${n}`,
  expiresAt: new Date(noon + 600_000).toISOString(),
});

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    kept,
  };
}

/** Two ends of one wire, as two tabs have them. */
function wire(): [Channel, Channel] {
  const ends: [Channel, Channel] = [
    { onmessage: null, postMessage: (data) => ends[1].onmessage?.(new MessageEvent("message", { data })) },
    { onmessage: null, postMessage: (data) => ends[0].onmessage?.(new MessageEvent("message", { data })) },
  ];
  return ends;
}

function tab(channel: Channel = { onmessage: null, postMessage: () => undefined }, now = () => noon) {
  const store = memory();
  return { store, session: createSession(store, channel, now) };
}

describe("a session", () => {
  it("keeps the access token out of the store", () => {
    const { session, store } = tab();
    session.begin(pair(1));
    expect(session.accessToken()).toBe("access-1");
    expect([...store.kept.values()]).toEqual(["refresh-1"]);
  });

  it("is stale after a reload, until it is renewed", async () => {
    const { session, store } = tab();
    store.setItem("last-row.refresh-token", "refresh-1");
    expect(session.stale()).toBe(true);
    session.tradeWith(() => Promise.resolve(pair(2)));
    await session.renew();
    expect(session.stale()).toBe(false);
    expect(session.accessToken()).toBe("access-2");
  });

  it("is stale shortly before its access token runs out", () => {
    let time = noon;
    const { session } = tab(undefined, () => time);
    session.begin(pair(1));
    time = noon + 569_000;
    expect(session.stale()).toBe(false);
    time = noon + 571_000;
    expect(session.stale()).toBe(true);
  });

  it("is not stale at once where this device's clock is ahead of the router's", () => {
    const { session } = tab(undefined, () => noon + 3_600_000);
    session.begin(pair(1));
    expect(session.stale()).toBe(false);
  });

  it("trades a refresh token once, however many ask", async () => {
    const { session } = tab();
    session.begin(pair(1));
    const trade = vi.fn<Trade>(() => Promise.resolve(pair(2)));
    session.tradeWith(trade);
    await Promise.all([session.renew(), session.renew()]);
    expect(trade).toHaveBeenCalledExactlyOnceWith("refresh-1");
  });

  it("stays the same person when it is renewed", async () => {
    const { session } = tab();
    session.begin(pair(1));
    const before = session.identity();
    session.tradeWith(() => Promise.resolve(pair(2)));
    await session.renew();
    expect(session.identity()).toBe(before);
  });

  it("ends when its refresh token is refused", async () => {
    const { session } = tab();
    session.begin(pair(1));
    session.tradeWith(() => Promise.resolve("refused"));
    await session.renew();
    expect(session.signedIn()).toBe(false);
  });

  it("survives a router that does not answer", async () => {
    const { session } = tab();
    session.begin(pair(1));
    session.tradeWith(() => Promise.resolve("unanswered"));
    await session.renew();
    expect(session.refreshToken()).toBe("refresh-1");
  });

  it("is not brought back by a renewal that was under way at sign-out", async () => {
    const { session } = tab();
    session.begin(pair(1));
    session.tradeWith(() => Promise.resolve(pair(2)));
    const renewal = session.renew();
    session.end();
    await renewal;
    expect(session.signedIn()).toBe(false);
  });
});

describe("a second tab", () => {
  it("is let in by the first", () => {
    const [left, right] = wire();
    tab(left).session.begin(pair(1));
    const { session } = tab(right);
    expect(session.refreshToken()).toBe("refresh-1");
  });

  it("stays outside where nobody is inside", () => {
    const [left, right] = wire();
    tab(left);
    expect(tab(right).session.signedIn()).toBe(false);
  });
});

describe("a duplicated tab", () => {
  function twins() {
    const [left, right] = wire();
    const [first, second] = [tab(left).session, tab(right).session];
    first.begin(pair(1));
    second.begin(pair(1));
    return [first, second] as const;
  }

  it("takes over the successor of the refresh token that its twin spent", async () => {
    const [first, second] = twins();
    first.tradeWith(() => Promise.resolve(pair(2)));
    await first.renew();
    expect(second.refreshToken()).toBe("refresh-2");
  });

  it("is signed out with its twin", () => {
    const [first, second] = twins();
    first.end();
    expect(second.signedIn()).toBe(false);
  });
});
