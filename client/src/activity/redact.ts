const secret = /password|token$/i;

/** A copy of a JSON value with every password and token in it blotted out: what is shown may be photographed. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, secret.test(name) && part ? "•••" : redact(part)]),
  );
}
