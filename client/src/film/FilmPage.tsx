import { failureInWords } from "../graphql/answer";
import { FilmPageDocument } from "../graphql/generated/operations";
import { useAvailability } from "../graphql/live";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { NotFoundPage } from "../parts/NotFoundPage";
import { Notice, Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { useViewer } from "../session/useViewer";
import { Collection } from "./Collection";
import { Credits } from "./Credits";
import { FilmHead } from "./FilmHead";
import type { Film } from "./film";
import styles from "./FilmPage.module.css";
import { Offers } from "./Offers";
import { Rating } from "./Rating";
import { Reviews } from "./Reviews";
import { StaffCorner } from "./StaffCorner";
import { WatchlistToggle } from "./WatchlistToggle";

/** Everything about one film: what it is, what it costs tonight, what others say. */
export function FilmPage({ slug }: { slug: string }) {
  const { data, error, fetching, refresh } = useSteadyQuery(FilmPageDocument, { slug });
  const film = data?.movie;
  useAvailability(film ? [film.id] : []);

  if (film) return <FilmSheet film={film} refresh={refresh} />;
  if (fetching)
    return (
      <p className={styles.wait} role="status">
        Taking it off the shelf…
      </p>
    );
  if (error)
    return (
      <div className={styles.wait}>
        <Outage words={failureInWords(error)} retry={refresh} />
      </div>
    );
  return <NotFoundPage what="film" />;
}

function FilmSheet({ film, refresh }: { film: Film; refresh: () => void }) {
  const visitor = useViewer();
  return (
    <Page title={film.name} head={(heading) => <FilmHead film={film} title={heading} />}>
      <div className={styles.sheet}>
        <div className={styles.main}>
          {film.retiredAt && (
            <Notice tone="plain">
              This film has left the catalogue. What is at home stays at home until it is due.
            </Notice>
          )}
          <Offers film={film} refresh={refresh} />
          <Credits film={film} />
          <Reviews film={film} visitor={visitor} refresh={refresh} />
        </div>
        <div className={styles.side}>
          <WatchlistToggle film={film} />
          <Rating rating={film.rating} retry={refresh} />
          {visitor.staff && <StaffCorner film={film} />}
        </div>
      </div>
      <Collection film={film} />
    </Page>
  );
}
