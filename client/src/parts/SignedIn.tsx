import type { ReactNode } from "react";
import { Redirect, useLocation } from "wouter";

import { useSession } from "../session/SessionProvider";
import { useViewer } from "../session/useViewer";
import { NotFoundPage } from "./NotFoundPage";

/** A page for members: who is not signed in goes to the door first, and comes back here. */
export function SignedIn({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  return useSession().signedIn() ? children : <Redirect href={`/sign-in?next=${encodeURIComponent(path)}`} replace />;
}

/** A page behind the counter. What it shows is guarded by the router; here it is only kept out of the way. */
export function StaffOnly({ children }: { children: ReactNode }) {
  const { viewer, staff } = useViewer();
  if (!viewer) return <SignedIn>{null}</SignedIn>;
  return staff ? children : <NotFoundPage />;
}
