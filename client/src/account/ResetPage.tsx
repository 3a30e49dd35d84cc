import type { SubmitEvent } from "react";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";

import { problemsOf, failureInWords } from "../graphql/answer";
import { RequestPasswordResetDocument, ResetPasswordDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { useSession } from "../session/SessionProvider";
import styles from "./Account.module.css";
import { useMailedToken } from "./useMailedToken";

/** Asks for a letter with a link that sets a new passphrase. The answer tells nobody who has an account. */
export function ForgottenPage() {
  const [{ data, error, fetching }, request] = useMutation(RequestPasswordResetDocument);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email"));
    if (!fetching) void request({ input: { email } });
  }

  return (
    <Page title="A new passphrase">
      <form className={`card ${styles.form} ${styles.narrow}`} onSubmit={submit}>
        <Field label="E-mail" name="email" type="email" required autoComplete="email" />
        {error && <Notice tone="bad">{failureInWords(error)}</Notice>}
        {data?.requestPasswordReset?.accepted && (
          <Notice tone="good">If that address has a card here, a letter is on its way to it.</Notice>
        )}
        <p>
          <button type="submit" className="button" aria-disabled={fetching}>
            Send me a link
          </button>
        </p>
      </form>
    </Page>
  );
}

/** Where the link in that letter leads. */
export function ResetPage() {
  const token = useMailedToken();
  const [, navigate] = useLocation();
  const session = useSession();
  const { ask, asking, answer } = useAsk(ResetPasswordDocument, ({ resetPassword }) => resetPassword);
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking || !token) return;
    const answered = await ask({
      input: { token, password: String(new FormData(event.currentTarget).get("password")) },
    });
    if (answered.kind !== "done" || !answered.payload.session) return;
    navigate("/", { replace: true });
    session.begin(answered.payload.session);
  }

  return (
    <Page title="Set a new passphrase">
      {token ? (
        <form className={`card ${styles.form} ${styles.narrow}`} onSubmit={submit}>
          <Field
            label="New passphrase"
            name="password"
            type="password"
            required
            autoComplete="new-password"
            problem={problems.password}
          />
          {!problems.password && <Refused answer={answer} />}
          <p>
            <button type="submit" className="button" aria-disabled={asking}>
              Set it, and sign me in
            </button>
          </p>
        </form>
      ) : (
        <Notice tone="bad">
          This link has no token in it. <Link href="/forgotten-password">Ask for another</Link>
        </Notice>
      )}
    </Page>
  );
}
