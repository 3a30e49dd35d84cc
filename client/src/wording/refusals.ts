import type { RefusalFragment } from "../graphql/generated/operations";
import { dayOf, momentOf } from "./dates";
import { money } from "./money";
import { certifications } from "./terms";

/** A typed refusal, with the facts that some of them carry where the operation asked for them. */
export type Refusal = RefusalFragment & Partial<RefusalFacts>;

interface RefusalFacts {
  nextDueAt: string | null;
  limit: number;
  certification: keyof typeof certifications;
  minimumAge: number;
  balance: { amountMinor: number; currency: string };
  currentVersion: number;
  returnedAt: string | null;
}

/** What a refusal says to the person who asked: what is so, and what they can do. */
export function inWords(refusal: Refusal): string {
  return sentences[refusal.__typename](refusal);
}

const owed = ({ balance }: Refusal) => (balance ? ` You owe ${money(balance)}.` : "");
const asTheShopSays = ({ message }: Refusal) => message;

const sentences: Record<Refusal["__typename"], (refusal: Refusal) => string> = {
  OutOfStock: ({ nextDueAt }) =>
    `Somebody took the last copy a moment ago.${nextDueAt ? ` The next one is due back ${dayOf(nextDueAt)}.` : ""}`,
  AgeRestricted: ({ certification, minimumAge }) =>
    minimumAge === undefined || certification === undefined
      ? "You are too young for this film's certification."
      : `This film is ${certifications[certification].label}: we may lend it from the age of ${minimumAge}.`,
  RentalLimitReached: ({ limit }) =>
    `You have ${limit === undefined ? "as many films as your membership allows" : `${limit} films, as many as your membership allows,`} at home. Send one back to take another.`,
  CreditLimitReached: (refusal) =>
    `Your account is over its credit limit.${owed(refusal)} Pay some of it under My rentals first.`,
  OfferExpired: () =>
    "That price was held for a while and has run out. Here is today's; please look at it and rent again.",
  OfferInvalid: () => "That offer was not made to you. Here are yours; please pick again.",
  ExtensionRefused: asTheShopSays,
  AlreadyReturned: ({ returnedAt }) =>
    returnedAt ? `It has been back since ${momentOf(returnedAt)}.` : "It is already on its way back.",
  Overpayment: (refusal) => `That is more than you owe.${owed(refusal)}`,
  PaymentDeclined: () => "The payment was declined. Nothing was taken; try another way to pay.",
  IdempotencyKeyReused: () => "This was already sent once. Look at what came of it before you ask again.",
  VersionConflict: () => "Somebody changed it while you were looking.",
  NotFound: () => "There is no such thing here any more.",
  InvalidInput: asTheShopSays,
  InvalidCredentials: () => "That handle and passphrase do not go together.",
  TokenExpired: () => "That link or session has run out.",
  HandleTaken: () => "Somebody has that handle already. Try another.",
  AlreadyReviewed: () => "You have reviewed this film before. Here is your review; change it as you like.",
  ClosingUnderway: () => "This account is being closed. If it stays open, you can come in again in a minute.",
  RentalsOutstanding: () => "You still have films at home. Bring them back first.",
  BalanceOutstanding: (refusal) => `You still have something to pay.${owed(refusal)} Settle that first.`,
};
