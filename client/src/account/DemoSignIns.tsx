import { useDemo } from "../session/useDemo";
import styles from "./Account.module.css";

const demo = [
  { handle: "ada", who: "a member" },
  { handle: "clive", who: "a clerk" },
];
const passphrase = "popcorn-and-stairs-42";

/** The seeded sign-ins, where the shop is the demo. */
export function DemoSignIns({ signIn }: { signIn: (handle: string, password: string) => void }) {
  if (!useDemo()) return null;
  return (
    <aside className={styles.demo} aria-label="Demo sign-ins">
      <p>This is the demo shop. Its people all use the passphrase</p>
      <p>
        <code>{passphrase}</code>
      </p>
      <div className="row">
        {demo.map(({ handle, who }) => (
          <button key={handle} type="button" className="button quiet small" onClick={() => signIn(handle, passphrase)}>
            Come in as {handle}, {who}
          </button>
        ))}
      </div>
    </aside>
  );
}
