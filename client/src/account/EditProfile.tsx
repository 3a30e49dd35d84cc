import type { SubmitEvent } from "react";

import { problemsOf } from "../graphql/answer";
import { type ProfileFragment, UpdateProfileDocument, type UpdateProfileInput } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import styles from "./Account.module.css";

/** Name and address; only what was changed is sent. */
export function EditProfile({ member, refresh }: { member: ProfileFragment; refresh: () => void }) {
  const { ask, asking, answer } = useAsk(UpdateProfileDocument, ({ updateProfile }) => updateProfile);
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = new FormData(event.currentTarget);
    const typed = { displayName: String(form.get("displayName")).trim(), email: String(form.get("email")).trim() };
    const input: UpdateProfileInput = { expectedVersion: member.version };
    if (typed.displayName !== member.displayName) input.displayName = typed.displayName;
    if (typed.email !== member.email) input.email = typed.email;
    const answered = await ask({ input });
    if (answered.kind === "refused" && answered.refusals.some(({ __typename }) => __typename === "VersionConflict")) {
      refresh();
    }
  }

  return (
    <form className={`card ${styles.form}`} onSubmit={submit}>
      <h2>Name and address</h2>
      <Field
        label="Name"
        name="displayName"
        required
        maxLength={80}
        autoComplete="name"
        defaultValue={member.displayName}
        problem={problems.displayName}
      />
      <Field
        label="E-mail"
        name="email"
        type="email"
        required
        autoComplete="email"
        defaultValue={member.email ?? ""}
        hint="A new address counts once you have followed the link that we send to it."
        problem={problems.email}
      />
      {answer?.kind === "done" && <Notice tone="good">Saved.</Notice>}
      {(answer?.kind === "failed" || problems[""]) && <Refused answer={answer} />}
      <p>
        <button type="submit" className="button" aria-disabled={asking}>
          Save
        </button>
      </p>
    </form>
  );
}
