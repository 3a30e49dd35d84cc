/** The language of the shop's own words; numbers and dates follow it, so that a sentence is in one language. */
export const locale = "en-US";
