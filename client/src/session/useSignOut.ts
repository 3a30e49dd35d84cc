import { useClient } from "urql";
import { useLocation } from "wouter";

import { sending } from "../graphql/client";
import { SignOutDocument } from "../graphql/generated/operations";
import { useSession } from "./SessionProvider";

/**
 * Ends the session here at once, and on the router too: the refresh token is not to be had again by anybody.
 *
 * Nobody waits for the router's answer, and its request outlives the page: who signs out and goes away is signed out.
 */
export function useSignOut(): () => void {
  const client = useClient();
  const session = useSession();
  const [, navigate] = useLocation();
  return () => {
    const refreshToken = session.refreshToken();
    navigate("/");
    session.end();
    if (!refreshToken) return;
    const fetchOptions = { ...sending, keepalive: true };
    void client.mutation(SignOutDocument, { input: { refreshToken } }, { fetchOptions }).toPromise();
  };
}
