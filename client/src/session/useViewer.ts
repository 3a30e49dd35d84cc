import { useQuery } from "urql";

import { ViewerDocument, type ViewerQuery } from "../graphql/generated/operations";
import { useSession } from "./SessionProvider";

export type Viewer = NonNullable<ViewerQuery["viewer"]>;

export interface Visitor {
  signedIn: boolean;
  /** Who it is, once the router has said so. */
  viewer: Viewer | undefined;
  /** Whether the counter is theirs to stand behind. */
  staff: boolean;
}

const staffRoles = new Set(["CLERK", "MANAGER", "ADMIN"]);

/** Who looks at the shop window. */
export function useViewer(): Visitor {
  const signedIn = useSession().signedIn();
  const [{ data }] = useQuery({ query: ViewerDocument, pause: !signedIn });
  const viewer = (signedIn && data?.viewer) || undefined;
  return { signedIn, viewer, staff: viewer?.roles?.some((role) => staffRoles.has(role)) ?? false };
}
