import { type SubmitEvent, useState } from "react";
import { Link } from "wouter";

import { problemsOf } from "../graphql/answer";
import { RegisterDocument } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Notice, Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import styles from "./Account.module.css";
import { RegistrationStatus } from "./RegistrationStatus";

/** Where a registration's status token outlives a reload of the page; it opens the status alone, not the account. */
const key = "last-row.registration";

/** Becoming a member: a form, and then what becomes of it. */
export function RegisterPage() {
  const [statusToken, setStatusToken] = useState(() => sessionStorage.getItem(key));

  function follow(token: string | null) {
    if (token) sessionStorage.setItem(key, token);
    else sessionStorage.removeItem(key);
    setStatusToken(token);
  }

  return (
    <Page title="Become a member">
      {statusToken ? (
        <RegistrationStatus statusToken={statusToken} startAgain={() => follow(null)} />
      ) : (
        <RegisterForm registered={follow} />
      )}
    </Page>
  );
}

function RegisterForm({ registered }: { registered: (statusToken: string) => void }) {
  const { ask, asking, answer } = useAskOnce(RegisterDocument, ({ register }) => register);
  const problems = problemsOf(answer);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (asking) return;
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name)).trim();
    const answered = await ask(value("handle"), (idempotencyKey) => ({
      input: {
        handle: value("handle"),
        displayName: value("displayName"),
        email: value("email"),
        birthDate: value("birthDate"),
        password: String(form.get("password")),
        idempotencyKey,
      },
    }));
    if (answered.kind === "done" && answered.payload.statusToken) registered(answered.payload.statusToken);
  }

  return (
    <form className={`card ${styles.form} ${styles.narrow}`} onSubmit={submit}>
      <Field
        label="Name"
        name="displayName"
        required
        maxLength={80}
        autoComplete="name"
        problem={problems.displayName}
      />
      <Field
        label="Handle"
        name="handle"
        required
        maxLength={30}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        hint="You sign in with it, and it stands by your reviews."
        problem={problems.handle ?? taken(answer)}
      />
      <Field label="E-mail" name="email" type="email" required autoComplete="email" problem={problems.email} />
      <Field
        label="Date of birth"
        name="birthDate"
        type="date"
        required
        autoComplete="bday"
        hint="Some films we lend to grown-ups only."
        problem={problems.birthDate}
      />
      <Field
        label="Passphrase"
        name="password"
        type="password"
        required
        autoComplete="new-password"
        hint="A few words in a row are easy to keep and hard to guess."
        problem={problems.password}
      />
      {answer?.kind === "failed" && <Refused answer={answer} />}
      {problems[""] && !taken(answer) && <Notice tone="bad">{problems[""]}</Notice>}
      <div className="row">
        <button type="submit" className="button" aria-disabled={asking}>
          Register
        </button>
        <Link href="/sign-in">I have a card already</Link>
      </div>
    </form>
  );
}

/** A taken handle is about the handle, whether or not the answer says where. */
function taken(answer: ReturnType<typeof useAskOnce>["answer"]): string | undefined {
  if (answer?.kind !== "refused") return undefined;
  return answer.refusals.some(({ __typename }) => __typename === "HandleTaken")
    ? "Somebody has that handle already."
    : undefined;
}
