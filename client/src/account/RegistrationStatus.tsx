import { useEffect } from "react";
import { useMutation, useQuery } from "urql";
import { Link } from "wouter";

import {
  RegistrationDocument,
  type RegistrationStatus as Status,
  ResendActivationDocument,
} from "../graphql/generated/operations";
import { Notice } from "../parts/Notice";
import { registrationStatuses } from "../wording/terms";
import styles from "./Account.module.css";

const interval = 2_000;
const steps: readonly Status[] = ["ACCEPTED", "AWAITING_ACTIVATION", "ACTIVE"];

/** How far a registration has come; asked again until there is nothing more to wait for. */
export function RegistrationStatus({ statusToken, startAgain }: { statusToken: string; startAgain: () => void }) {
  const [{ data, fetching }, ask] = useQuery({
    query: RegistrationDocument,
    variables: { statusToken },
    requestPolicy: "network-only",
  });
  const registration = data?.registration;
  const settled = registration?.status === "ACTIVE" || registration?.status === "EXPIRED";

  useEffect(() => {
    if (settled || fetching) return undefined;
    const timer = setTimeout(() => ask({ requestPolicy: "network-only" }), interval);
    return () => clearTimeout(timer);
  }, [ask, fetching, settled]);

  if (!registration) return fetching || !data ? <p role="status">Asking…</p> : <Gone startAgain={startAgain} />;
  return (
    <div className={`card stack ${styles.narrow}`}>
      <p>
        Welcome, <strong>{registration.handle}</strong>.
      </p>
      <ol className={styles.steps} aria-live="polite">
        {steps.map((step) => (
          <li
            key={step}
            className={`${styles.step} ${steps.indexOf(step) <= steps.indexOf(registration.status) ? styles.reached : ""}`}
          >
            <span>
              {registrationStatuses[step]}
              {step === registration.status && <span className="unseen"> (now)</span>}
            </span>
          </li>
        ))}
      </ol>
      {registration.status === "AWAITING_ACTIVATION" && <Resend statusToken={statusToken} />}
      {registration.status === "ACTIVE" && (
        <Link href="/sign-in" className="button">
          Sign in
        </Link>
      )}
      {registration.status === "EXPIRED" && <Gone startAgain={startAgain} />}
    </div>
  );
}

function Resend({ statusToken }: { statusToken: string }) {
  const [{ data, fetching }, resend] = useMutation(ResendActivationDocument);
  return (
    <>
      <p>We have sent you a letter by e-mail. The link in it opens your membership.</p>
      {data?.resendActivation?.accepted && <Notice tone="good">Another letter is on its way.</Notice>}
      <p>
        <button
          type="button"
          className="button quiet"
          aria-disabled={fetching}
          onClick={() => !fetching && void resend({ input: { statusToken } })}
        >
          Send it again
        </button>
      </p>
    </>
  );
}

function Gone({ startAgain }: { startAgain: () => void }) {
  return (
    <>
      <Notice tone="plain">{registrationStatuses.EXPIRED}, or was never here.</Notice>
      <p>
        <button type="button" className="button" onClick={startAgain}>
          Start again
        </button>
      </p>
    </>
  );
}
