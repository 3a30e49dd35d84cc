import type { CombinedError } from "@urql/core";
import type { AuthConfig, AuthUtilities } from "@urql/exchange-auth";

import type { Session } from "../session/session";
import { RefreshSessionDocument } from "./generated/operations";

/** Sends the session's access token along, and has it renewed before it runs out or when the router will not take it. */
export function authorization(session: Session, auth: AuthUtilities): AuthConfig {
  session.tradeWith(async (refreshToken) => {
    const { data } = await auth.mutate(RefreshSessionDocument, { input: { refreshToken } });
    if (!data?.refreshSession) return "unanswered";
    const { session: next, errors } = data.refreshSession;
    // While an account is being closed nobody gets a token; where it stays open after all, the session goes on.
    if (errors.some(({ __typename }) => __typename === "ClosingUnderway")) return "unanswered";
    return next ?? "refused";
  });

  return {
    addAuthToOperation(operation) {
      const token = session.accessToken();
      return token ? auth.appendHeaders(operation, { authorization: `Bearer ${token}` }) : operation;
    },
    willAuthError: () => session.stale(),
    didAuthError: (error) => session.signedIn() && isUnauthenticated(error),
    refreshAuth: () => session.renew(),
  };
}

function isUnauthenticated({ graphQLErrors, response }: CombinedError): boolean {
  const { status } = (response ?? {}) as Partial<Response>;
  return status === 401 || graphQLErrors.some(({ extensions }) => extensions.code === "UNAUTHENTICATED");
}
