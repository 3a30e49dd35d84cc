import { failureInWords } from "../graphql/answer";
import { MyAccountDocument } from "../graphql/generated/operations";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { SignedIn } from "../parts/SignedIn";
import { monthOf } from "../wording/dates";
import styles from "./Account.module.css";
import { ChangePassphrase } from "./ChangePassphrase";
import { CloseAccount } from "./CloseAccount";
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
  const member = data?.viewer;
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
      <CloseAccount />
    </div>
  );
}
