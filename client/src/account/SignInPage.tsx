import type { SubmitEvent } from "react";
import { Link, Redirect, useLocation, useSearch } from "wouter";

import { SignInDocument } from "../graphql/generated/operations";
import { useAsk } from "../graphql/useAsk";
import { Field } from "../parts/Field";
import { Refused } from "../parts/Notice";
import { Page } from "../parts/Page";
import { useSession } from "../session/SessionProvider";
import styles from "./Account.module.css";
import { DemoSignIns } from "./DemoSignIns";

/** Where to go on; an address of this shop alone, or a link could send whoever signs in anywhere. */
function nextOf(query: string): string {
  const next = new URLSearchParams(query).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

/** The door. */
export function SignInPage() {
  const next = nextOf(useSearch());
  const [, navigate] = useLocation();
  const session = useSession();
  const { ask, asking, answer } = useAsk(SignInDocument, ({ signIn }) => signIn);

  async function signIn(handle: string, password: string) {
    if (asking) return;
    const answered = await ask({ input: { handle, password } });
    if (answered.kind !== "done" || !answered.payload.session) return;
    navigate(next, { replace: true });
    session.begin(answered.payload.session);
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void signIn(String(form.get("handle")).trim(), String(form.get("password")));
  }

  if (session.signedIn()) return <Redirect href={next} replace />;
  return (
    <Page title="Sign in">
      <div className={styles.door}>
        <form className={`card ${styles.form}`} onSubmit={submit}>
          <Field
            label="Handle"
            name="handle"
            required
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <Field label="Passphrase" name="password" type="password" required autoComplete="current-password" />
          <Refused answer={answer} />
          <div className="row">
            <button type="submit" className="button" aria-disabled={asking}>
              Sign in
            </button>
            <Link href="/forgotten-password">Forgotten the passphrase?</Link>
          </div>
          <p>
            No card yet? <Link href="/register">Become a member</Link>
          </p>
        </form>
        <DemoSignIns signIn={(handle, password) => void signIn(handle, password)} />
      </div>
    </Page>
  );
}
