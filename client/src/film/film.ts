import type { FilmPageQuery } from "../graphql/generated/operations";

/** A film as its page asks for it. */
export type Film = NonNullable<FilmPageQuery["movie"]>;
