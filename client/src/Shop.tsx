import { useState } from "react";

import type { ActivityLog } from "./activity/log";
import { App } from "./App";
import type { Session } from "./session/session";
import { SessionProvider } from "./session/SessionProvider";

/** The shop with whoever stands before it. All but the activity panel begins anew when somebody signs in or out. */
export function Shop({ session, log }: { session: Session; log: ActivityLog }) {
  const [activityShown, showActivity] = useState(false);
  return (
    <SessionProvider session={session} log={log}>
      <App log={log} activityShown={activityShown} showActivity={showActivity} />
    </SessionProvider>
  );
}
