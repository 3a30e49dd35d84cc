import { type ReactNode, useEffect, useRef } from "react";

import styles from "./Page.module.css";

let arrivals = 0;
/** Whether the browser's own Back or Forward led here; it then sets the place on the page itself. */
let returned = false;
window.addEventListener("popstate", () => {
  returned = true;
});

interface PageProps {
  title: string;
  /** What spans the top of the page, with the heading in it; without it the heading stands over the page's body. */
  head?: (heading: ReactNode) => ReactNode;
  /** For a page that shows what it is without saying it. */
  unseenHeading?: boolean;
  children: ReactNode;
}

/**
 * A page of the shop. Whoever comes to it from another page is put before its heading, as a fresh load would do;
 * the very first page leaves the focus where the browser has it.
 */
export function Page({ title, head, unseenHeading = false, children }: PageProps) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    arrivals += 1;
    if (arrivals > 1) top.current?.focus({ preventScroll: true });
    if (arrivals > 1 && !returned) window.scrollTo(0, 0);
    returned = false;
  }, []);

  const heading = (
    <h1 ref={top} tabIndex={-1} className={unseenHeading ? "unseen" : ""}>
      {title}
    </h1>
  );
  return (
    <>
      <title>{title === "Last Row" ? title : `${title} · Last Row`}</title>
      {head?.(heading)}
      <div className={styles.page}>
        {!head && heading}
        {children}
      </div>
    </>
  );
}
