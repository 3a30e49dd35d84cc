import { createContext, type ReactNode, use, useMemo, useSyncExternalStore } from "react";
import { Provider } from "urql";

import type { ActivityLog } from "../activity/log";
import { createShopClient } from "../graphql/client";
import type { Session } from "./session";

const SessionContext = createContext<Session | undefined>(undefined);

/** Gives the shop its session, and a client of its own to each person who signs in. */
export function SessionProvider({
  session,
  log,
  children,
}: {
  session: Session;
  log: ActivityLog;
  children: ReactNode;
}) {
  const identity = useSyncExternalStore(session.subscribe, session.identity);
  return (
    <SessionContext value={session}>
      <ClientOf key={identity} session={session} log={log}>
        {children}
      </ClientOf>
    </SessionContext>
  );
}

function ClientOf({ session, log, children }: { session: Session; log: ActivityLog; children: ReactNode }) {
  const client = useMemo(() => createShopClient(session, log), [session, log]);
  return <Provider value={client}>{children}</Provider>;
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession is used outside of SessionProvider");
  return session;
}
