import { useClient } from "urql";
import { useLocation } from "wouter";

import { SignOutDocument } from "../graphql/generated/operations";
import { useSession } from "./SessionProvider";

/** Ends the session here at once, and on the router too: the refresh token is not to be had again by anybody. */
export function useSignOut(): () => Promise<void> {
  const client = useClient();
  const session = useSession();
  const [, navigate] = useLocation();
  return async () => {
    const refreshToken = session.refreshToken();
    if (refreshToken) await client.mutation(SignOutDocument, { input: { refreshToken } });
    navigate("/");
    session.end();
  };
}
