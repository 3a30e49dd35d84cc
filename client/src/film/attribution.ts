/** Whose text it is, where it stands, and under which licence it may be shown; no licence where none is known. */
export interface Attribution {
  readonly name: string;
  readonly page: string;
  readonly licence?: Licence;
}

export interface Licence {
  readonly name: string;
  readonly page: string;
}

const shareAlike: Licence = { name: "CC BY-SA 4.0", page: "https://creativecommons.org/licenses/by-sa/4.0/" };

/** What is to be named beside a text from this web page; nothing for an address that is no web page. */
export function attributionOf(source: string): Attribution | undefined {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return undefined;
  if (url.hostname.endsWith(".wikipedia.org")) return { name: "Wikipedia", page: url.href, licence: shareAlike };
  return { name: url.hostname.replace(/^www\./, ""), page: url.href };
}
