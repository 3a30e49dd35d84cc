import { failureInWords } from "../graphql/answer";
import { MyAccountDocument } from "../graphql/generated/operations";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { Notice, Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { SignedIn } from "../parts/SignedIn";
import { useSignOut } from "../session/useSignOut";
import { monthOf } from "../wording/dates";
import styles from "./Account.module.css";
import { ChangePassphrase } from "./ChangePassphrase";
import { CloseAccount } from "./CloseAccount";
import { ClosingStatus } from "./ClosingStatus";
import { EditProfile } from "./EditProfile";

/** What the shop knows of a member, and what they can change of it. */
export function AccountPage() {
  return (
    <Page title="Your account">
      <SignedIn>
        <Account />
      </SignedIn>
    </Page>
  );
}

function Account() {
  const { data, error, fetching, refresh } = useSteadyQuery(MyAccountDocument, {});
  const signOut = useSignOut();
  const member = data?.viewer;
  if (data && !member && !error) {
    return (
      <Notice tone="plain">
        <p>This account is closed.</p>
        <button type="button" className="plain" onClick={signOut}>
          <u>Go to the shop</u>
        </button>
      </Notice>
    );
  }
  if (!member) {
    return fetching ? (
      <p role="status">Looking in your file…</p>
    ) : (
      <Outage words={failureInWords(error)} retry={refresh} />
    );
  }
  return (
    <div className={`stack ${styles.narrow}`}>
      <p className="soft">
        {member.handle}, a member since {monthOf(member.createdAt)}
      </p>
      <EditProfile key={member.version} member={member} refresh={refresh} />
      <ChangePassphrase />
      <ClosingStatus closing={member.closing} refresh={refresh} />
      <CloseAccount refresh={refresh} />
    </div>
  );
}
