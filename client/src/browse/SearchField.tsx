import { type SubmitEvent, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";

import { filtersOf, queryOf } from "./filters";
import styles from "./SearchField.module.css";

/** How long a typist rests, in milliseconds, before the shelves follow. */
const rest = 250;

/** Searches as one types on the shelves, and from any other page when one presses Enter. */
export function SearchField() {
  const [path, navigate] = useLocation();
  const query = useSearch();
  const browsing = path === "/";
  const searched = browsing ? filtersOf(query).search : "";

  const [typed, setTyped] = useState(searched);
  const [sent, setSent] = useState(searched);
  if (searched !== sent) {
    // The address changed by another hand: a link, the Back button, "Clear".
    setSent(searched);
    setTyped(searched);
  }

  function search() {
    if (typed === searched && browsing) return;
    const found = queryOf({ ...filtersOf(browsing ? query : ""), search: typed });
    setSent(typed);
    window.scrollTo(0, 0);
    navigate(found ? `/?${found}` : "/", { replace: browsing && searched !== "" });
  }

  useEffect(() => {
    if (!browsing || typed === searched) return undefined;
    const timer = setTimeout(search, rest);
    return () => clearTimeout(timer);
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    search();
  }

  return (
    <search className={styles.search}>
      <form onSubmit={submit} role="presentation">
        <input
          type="search"
          aria-label="Search films and people"
          placeholder="A title, a person…"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
    </search>
  );
}
