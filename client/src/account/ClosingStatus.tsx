import type { ClosingFragment } from "../graphql/generated/operations";
import { Notice } from "../parts/Notice";
import { momentOf } from "../wording/dates";
import { inWords } from "../wording/refusals";

interface Props {
  closing: ClosingFragment | null;
  refresh: () => void;
}

/** How a request to leave stands: the counter is being asked, or has said why the account stays open. */
export function ClosingStatus({ closing, refresh }: Props) {
  if (!closing) return null;
  if (!closing.refusals) {
    return (
      <Notice tone="plain">
        <p>
          Since {momentOf(closing.requestedAt)} you are on your way out. The counter has not answered yet; once it
          agrees, this account is closed.
        </p>
        <button type="button" className="plain" onClick={refresh}>
          <u>Look again</u>
        </button>
      </Notice>
    );
  }
  return (
    <Notice tone="plain">
      <p>You asked to leave {momentOf(closing.requestedAt)}, and your account stays open:</p>
      {closing.refusals.map((refusal) => (
        <p key={refusal.__typename}>{inWords(refusal)}</p>
      ))}
    </Notice>
  );
}
