import styles from "./JsonTree.module.css";

/** A JSON value to fold out, part by part. */
export function JsonTree({ name, value, open = false }: { name: string; value: unknown; open?: boolean }) {
  if (typeof value !== "object" || value === null) {
    return (
      <div className={styles.leaf}>
        <span className={styles.name}>{name}</span>{" "}
        <span className={styles[kindOf(value)]}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const parts = Object.entries(value as Record<string, unknown>);
  return (
    <details className={styles.tree} open={open}>
      <summary>
        <span className={styles.name}>{name}</span> <span className={styles.size}>{sizeOf(value, parts.length)}</span>
      </summary>
      {parts.map(([part, inner]) => (
        <JsonTree key={part} name={part} value={inner} open={opensWith(value, parts.length, part)} />
      ))}
    </details>
  );
}

/** What is looked for first lies open: the errors, the data, and whatever is the only thing in its place. */
function opensWith(parent: object, siblings: number, part: string): boolean {
  if (part === "errors" || part === "data") return true;
  return siblings === 1 && !Array.isArray(parent);
}

function sizeOf(value: object, parts: number): string {
  return Array.isArray(value) ? `[${parts}]` : `{${parts}}`;
}

function kindOf(value: unknown): "text" | "number" | "other" {
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : "other";
}
