import type { SubmitEvent } from "react";

import { problemsOf } from "../graphql/answer";
import { ChangePasswordDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { useSession } from "../session/SessionProvider";
import styles from "./Account.module.css";

/** A new passphrase for the old one. Every other session ends with it; this one goes on. */
export function ChangePassphrase() {
  const session = useSession();
  const { ask, asking, answer } = useAsk(ChangePasswordDocument, ({ changePassword }) => changePassword);
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = event.currentTarget;
    const value = (name: string) => String(new FormData(form).get(name));
    const answered = await ask({ input: { currentPassword: value("current"), newPassword: value("new") } });
    if (answered.kind !== "done" || !answered.payload.session) return;
    session.goOn(answered.payload.session);
    form.reset();
  }

  return (
    <form className={`card ${styles.form}`} onSubmit={submit}>
      <h2>Passphrase</h2>
      <Field label="The one you have" name="current" type="password" required autoComplete="current-password" />
      <Field
        label="A new one"
        name="new"
        type="password"
        required
        autoComplete="new-password"
        problem={problems.newPassword}
      />
      {answer?.kind === "done" && <Notice tone="good">Changed. You are signed out everywhere else.</Notice>}
      {!problems.newPassword && <Refused answer={answer} />}
      <p>
        <button type="submit" className="button" aria-disabled={asking}>
          Change it
        </button>
      </p>
    </form>
  );
}
