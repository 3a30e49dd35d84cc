/** A key for `idempotencyKey`; `crypto.randomUUID` exists on secure origins only. */
function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Intents {
  /** The key of what a person wants done with a subject: the same until it is answered, so a retry is no second wish. */
  key: (subject: string) => string;
  /** Once the answer is there, the next wish about the subject is a new one. */
  answered: (subject: string) => void;
}

export function createIntents(make: () => string = newKey): Intents {
  const keys = new Map<string, string>();
  return {
    key(subject) {
      const key = keys.get(subject) ?? make();
      keys.set(subject, key);
      return key;
    },
    answered: (subject) => void keys.delete(subject),
  };
}
