import { Link } from "wouter";

import { OnTheShelf } from "../browse/OnTheShelf";
import { type OfferTicketFragment, RentMovieDocument } from "../graphql/generated/operations";
import { useAskOnce } from "../graphql/useAsk";
import { NotKnown, Refused } from "../parts/Notice";
import { useSession } from "../session/SessionProvider";
import { dayOf } from "../wording/dates";
import { money } from "../wording/money";
import { formats } from "../wording/terms";
import type { Film } from "./film";
import styles from "./Offers.module.css";

/** After these the offers on the page are not what the shop offers any more. */
const stale = new Set(["OfferExpired", "OfferInvalid", "OutOfStock"]);

/** What it costs to take the film home tonight, and the button that does it. */
export function Offers({ film, refresh }: { film: Film; refresh: () => void }) {
  const { ask, asking, answer } = useAskOnce(RentMovieDocument, ({ rentMovie }) => rentMovie);

  async function rent(offer: OfferTicketFragment) {
    const answered = await ask(offer.id, (idempotencyKey) => ({ input: { offerToken: offer.token, idempotencyKey } }));
    if (answered.kind === "refused" && answered.refusals.some(({ __typename }) => stale.has(__typename))) refresh();
  }

  return (
    <section className="stack" aria-labelledby="offers">
      <div className={styles.head}>
        <h2 id="offers">Take it home</h2>
        <OnTheShelf availability={film.availability} />
      </div>
      {film.viewerRental && <AtHome rental={film.viewerRental} />}
      <Refused answer={answer} />
      {!film.offers && <NotKnown what="Tonight's prices are" retry={refresh} />}
      {film.offers?.length === 0 && <p className="soft">There is nothing of it to take home tonight.</p>}
      <ul className={styles.tickets}>
        {film.offers?.map((offer) => (
          <Ticket key={offer.id} film={film} offer={offer} asking={asking} rent={() => void rent(offer)} />
        ))}
      </ul>
    </section>
  );
}

function AtHome({ rental: { dueAt, status } }: { rental: NonNullable<Film["viewerRental"]> }) {
  if (status === "RETURNED" || status === "LOST") return null;
  return (
    <p className={styles.home} role="status">
      <strong>{status === "RETURNING" ? "It is on its way back." : `It is yours until ${dayOf(dueAt)}.`}</strong>{" "}
      <Link href="/rentals">See it in My rentals</Link>
    </p>
  );
}

interface TicketProps {
  film: Film;
  offer: OfferTicketFragment;
  asking: boolean;
  rent: () => void;
}

function Ticket({ film, offer, asking, rent }: TicketProps) {
  const { format, store, price, loanDays, lateFeePerDay, replacementFee, copiesAvailable } = offer;
  return (
    <li className={styles.ticket}>
      <div className={styles.terms}>
        <p className={styles.format}>
          {formats[format]} <span>at {store.name}</span>
        </p>
        <p className={styles.small}>
          {copiesAvailable === 1 ? "The last copy" : `${copiesAvailable} copies`} on the shelf. {loanDays} days;{" "}
          {money(lateFeePerDay)} a day after that, and {money(replacementFee)} if it never comes back.
        </p>
      </div>
      <div className={styles.stub}>
        <span className={styles.price}>{money(price)}</span>
        <RentButton
          film={film}
          asking={asking}
          rent={rent}
          what={`${formats[format]} at ${store.name} for ${money(price)}`}
        />
      </div>
    </li>
  );
}

function RentButton({ film, asking, rent, what }: { film: Film; asking: boolean; rent: () => void; what: string }) {
  if (!useSession().signedIn()) {
    return (
      <Link
        href={`/sign-in?next=${encodeURIComponent(`/films/${film.slug}`)}`}
        className={`button small ${styles.button}`}
      >
        Sign in to rent
      </Link>
    );
  }
  return (
    <button
      type="button"
      className={`button small ${styles.button}`}
      aria-disabled={asking}
      onClick={() => !asking && rent()}
    >
      Rent<span className="unseen"> on {what}</span>
    </button>
  );
}
