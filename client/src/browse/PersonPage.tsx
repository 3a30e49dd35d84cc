import { failureInWords } from "../graphql/answer";
import { type CreditKind, PersonPageDocument, type PersonPageQuery } from "../graphql/generated/operations";
import { useAvailability } from "../graphql/live";
import { useSteadyQuery } from "../graphql/useSteadyQuery";
import { NotFoundPage } from "../parts/NotFoundPage";
import { Outage } from "../parts/Notice";
import { Page } from "../parts/Page";
import { FilmCard } from "./FilmCard";
import { EmptyShelf, Shelf } from "./Shelf";

type Credit = NonNullable<PersonPageQuery["person"]>["credits"]["edges"][number]["node"];

const parts: Record<CreditKind, string> = { DIRECTOR: "Directed by", WRITER: "Written by", CAST: "With" };

/** Somebody's films that the shop has, by what they did in them. */
export function PersonPage({ slug }: { slug: string }) {
  const { data, error, fetching, refresh } = useSteadyQuery(PersonPageDocument, { slug });
  const person = data?.person;
  const credits = person?.credits.edges.map(({ node }) => node) ?? [];
  useAvailability(credits.map(({ movie }) => movie.id));

  if (!person && fetching) return <EmptyShelf slots={6} />;
  if (!person && error) return <Outage words={failureInWords(error)} retry={refresh} />;
  if (!person) return <NotFoundPage what="person" />;
  return (
    <Page title={person.name}>
      {(["DIRECTOR", "WRITER", "CAST"] as const).map((kind) => (
        <Films key={kind} kind={kind} name={person.name} credits={credits.filter((credit) => credit.kind === kind)} />
      ))}
    </Page>
  );
}

function Films({ kind, name, credits }: { kind: CreditKind; name: string; credits: readonly Credit[] }) {
  if (credits.length === 0) return null;
  const films = new Map(credits.map(({ movie }) => [movie.id, movie]));
  return (
    <section className="stack" aria-label={`${parts[kind]} ${name}`}>
      <h2>
        {parts[kind]} {name}
      </h2>
      <Shelf>
        {[...films.values()].map((film) => (
          <FilmCard key={film.id} film={film} />
        ))}
      </Shelf>
    </section>
  );
}
