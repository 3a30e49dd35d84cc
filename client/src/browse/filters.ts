import type { BrowsePageQueryVariables, Certification, MovieSort } from "../graphql/generated/operations";
import { certifications } from "../wording/terms";

/** What a visitor looks for; it lives in the address, so that it can be linked, reloaded and gone back to. */
export interface Filters {
  search: string;
  genre: string;
  certification: Certification | "";
  from: number | undefined;
  to: number | undefined;
  sort: SortName;
}

export type SortName = keyof typeof sorts;

/** `best` is the catalogue's own order: by relevance where something is searched, else by name. */
export const sorts = {
  best: { label: "Best match", sort: undefined },
  name: { label: "Name", sort: { key: "NAME", direction: "ASC" } },
  newest: { label: "Newest first", sort: { key: "RELEASE_DATE", direction: "DESC" } },
  oldest: { label: "Oldest first", sort: { key: "RELEASE_DATE", direction: "ASC" } },
  shortest: { label: "Shortest first", sort: { key: "RUNTIME", direction: "ASC" } },
  longest: { label: "Longest first", sort: { key: "RUNTIME", direction: "DESC" } },
} as const satisfies Record<string, { label: string; sort: MovieSort | undefined }>;

/** A multiple of the columns of most screens, so that the last shelf is rarely half empty. */
export const pageOfFilms = 24;

/** Reads an address's query string; what makes no sense in it is as if it were not there. */
export function filtersOf(query: string): Filters {
  const params = new URLSearchParams(query);
  const certification = params.get("cert") ?? "";
  const sort = params.get("sort") ?? "";
  return {
    search: params.get("q") ?? "",
    genre: params.get("genre") ?? "",
    certification: isKey(certifications, certification) ? certification : "",
    from: year(params.get("from")),
    to: year(params.get("to")),
    sort: isKey(sorts, sort) ? sort : "best",
  };
}

/** The query string that says the same, as short as it can be. */
export function queryOf({ search, genre, certification, from, to, sort }: Filters): string {
  const params = new URLSearchParams();
  const set = (name: string, value: string | number | undefined) => value && params.set(name, String(value));
  set("q", search);
  set("genre", genre);
  set("cert", certification);
  set("from", from);
  set("to", to);
  set("sort", sort === "best" ? "" : sort);
  return params.toString();
}

/** What the catalogue is asked for. */
export function variablesOf(filters: Filters): BrowsePageQueryVariables {
  const { search, genre, certification, from, to, sort } = filters;
  return {
    search: search.trim() || null,
    filter: {
      ...(genre && { genres: [genre] }),
      ...(certification && { certifications: [certification] }),
      ...((from ?? to) && { releaseYear: { ...(from && { gte: from }), ...(to && { lte: to }) } }),
    },
    sort: sorts[sort].sort ?? null,
    first: pageOfFilms,
  };
}

/** Whether anything but the order was asked for. */
export function isNarrowed(filters: Filters): boolean {
  return queryOf({ ...filters, sort: "best" }) !== "";
}

function year(text: string | null): number | undefined {
  return text && /^\d{4}$/.test(text) ? Number(text) : undefined;
}

function isKey<T extends object>(object: T, key: string): key is keyof T & string {
  return Object.hasOwn(object, key);
}
