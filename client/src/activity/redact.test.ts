import { expect, it } from "vitest";

import { redact } from "./redact";

it("blots out passwords and tokens wherever they lie, and nothing else", () => {
  const sent = {
    input: { handle: "ada", password: "p", currentPassword: "p", offerToken: "t", expectedVersion: 3 },
    session: { accessToken: "t", refreshToken: "t", expiresAt: "soon" },
    offers: [{ token: "t", loanDays: 5 }],
  };
  expect(redact(sent)).toEqual({
    input: { handle: "ada", password: "•••", currentPassword: "•••", offerToken: "•••", expectedVersion: 3 },
    session: { accessToken: "•••", refreshToken: "•••", expiresAt: "soon" },
    offers: [{ token: "•••", loanDays: 5 }],
  });
});

it("leaves an absent secret absent: that there is none may be what is looked for", () => {
  expect(redact({ statusToken: null })).toEqual({ statusToken: null });
});
