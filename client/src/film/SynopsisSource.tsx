import { attributionOf } from "./attribution";
import styles from "./SynopsisSource.module.css";

/** The page that a synopsis is from, and its licence, as the licence asks. */
export function SynopsisSource({ source }: { source: string }) {
  const attribution = attributionOf(source);
  if (!attribution) return null;
  const { name, page, licence } = attribution;
  return (
    <p className={styles.source}>
      Text: <a href={page}>{name}</a>
      {licence && (
        <>
          ,{" "}
          <a href={licence.page} rel="license">
            {licence.name}
          </a>
        </>
      )}
    </p>
  );
}
