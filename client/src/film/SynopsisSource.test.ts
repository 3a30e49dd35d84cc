import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import { SynopsisSource } from "./SynopsisSource";

const shown = (source: string) =>
  renderToStaticMarkup(createElement(SynopsisSource, { source })).replace(/ class="[^"]*"/, "");

describe("the source of a synopsis", () => {
  it("is Wikipedia's page of the film, with the licence of its text", () => {
    expect(shown("https://en.wikipedia.org/wiki/Heat_(1995_film)")).toBe(
      '<p>Text: <a href="https://en.wikipedia.org/wiki/Heat_(1995_film)">Wikipedia</a>, ' +
        '<a href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license">CC BY-SA 4.0</a></p>',
    );
  });

  it("is another site by its name, without a licence that nobody knows", () => {
    expect(shown("https://www.example.org/heat")).toBe(
      '<p>Text: <a href="https://www.example.org/heat">example.org</a></p>',
    );
  });

  it.each(["https://notwikipedia.org/", "https://wikipedia.org.example.com/"])("is not Wikipedia at %s", (source) => {
    expect(shown(source)).not.toContain("CC BY-SA");
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "a book", ""])(
    "is not shown where it is no page: %s",
    (source) => {
      expect(shown(source)).toBe("");
    },
  );
});
