import { Link, useLocation } from "wouter";

import { ActivateAccountDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Notice, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { useSession } from "../session/SessionProvider";
import styles from "./Account.module.css";
import { useMailedToken } from "./useMailedToken";

/**
 * Where the link in the letter leads. It asks for one press of a button: mail programs follow links by themselves to
 * look for harm, and would use the token up.
 */
export function ActivatePage() {
  const token = useMailedToken();
  const [, navigate] = useLocation();
  const session = useSession();
  const { ask, asking, answer } = useAsk(ActivateAccountDocument, ({ activateAccount }) => activateAccount);

  async function activate(given: string) {
    const answered = await ask({ input: { token: given } });
    if (answered.kind !== "done" || !answered.payload.session) return;
    navigate("/", { replace: true });
    session.begin(answered.payload.session);
  }

  return (
    <Page title="Open your membership">
      <div className={`card stack ${styles.narrow}`}>
        {token ? (
          <>
            <p>One press, and the card is yours.</p>
            <Refused answer={answer} />
            <p>
              <button
                type="button"
                className="button"
                aria-disabled={asking}
                onClick={() => !asking && void activate(token)}
              >
                Open my membership
              </button>
            </p>
          </>
        ) : (
          <Notice tone="bad">
            This link has no token in it. Open the letter again and follow its link as a whole.
          </Notice>
        )}
        {answer?.kind === "refused" && (
          <p>
            <Link href="/register">Ask for another letter</Link>
          </p>
        )}
      </div>
    </Page>
  );
}
