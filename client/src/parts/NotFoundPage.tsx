import { Link } from "wouter";

import { Page } from "./Page";

/** For an address, or a film, that the shop does not have. */
export function NotFoundPage({ what = "page" }: { what?: string }) {
  return (
    <Page title={`No such ${what}`}>
      <p>We looked on every shelf and under the counter.</p>
      <p>
        <Link href="/" className="button">
          To the films
        </Link>
      </p>
    </Page>
  );
}
