import type { Cache, CacheExchangeOpts, Entity, UpdateResolver } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

import {
  type AddCopiesMutationVariables,
  type AddToWatchlistMutationVariables,
  type DeleteReviewMutation,
  OnWatchlistFragmentDoc,
  type RentalChangedSubscription,
  type RentMovieMutation,
  type WriteReviewMutationVariables,
} from "./generated/operations";
import schema from "./generated/schema.json";

/** The cache's rules: what has no id lies in its parent, lists grow by pages, and what a mutation changes besides its answer. */
export function cache(): CacheExchangeOpts {
  return {
    schema: schema,
    keys: Object.fromEntries(embedded.map((type) => [type, () => null])),
    resolvers: {
      Query: { movies: relayPagination(), overdueRentals: relayPagination() },
      Movie: { reviews: relayPagination() },
      User: { rentals: relayPagination(), watchlist: relayPagination() },
    },
    updates: {
      Mutation: {
        rentMovie: rented,
        writeReview: reviewed,
        deleteReview: reviewDeleted,
        addToWatchlist: onWatchlist(true),
        removeFromWatchlist: onWatchlist(false),
        addCopies: stocked,
        createMovie: catalogueChanged,
        retireMovie: catalogueChanged,
      },
      Subscription: { rentalChanged },
    },
  };
}

const embedded = [
  "AccountClosing",
  "Artwork",
  "Availability",
  "BalanceOutstanding",
  "LateFee",
  "Membership",
  "Money",
  "RatingSummary",
  "Registration",
  "RentalAllowance",
  "RentalsOutstanding",
  "Session",
];

const rented: UpdateResolver<RentMovieMutation> = ({ rentMovie }, _, cache) => {
  if (rentMovie?.rental) forget(cache, viewer(cache), "rentals");
};

/**
 * The event brings the rental itself. What it does to the account must be asked for; and the list too, where this tab
 * has not seen the rental yet, because it was rented elsewhere.
 */
const rentalChanged: UpdateResolver<RentalChangedSubscription> = (event, _, cache) => {
  const rental = event.rentalChanged;
  if (!rental) return;
  const known = cache.resolve({ __typename: "Rental", id: rental.id }, "rentedAt");
  if (!known) forget(cache, viewer(cache), "rentals");
  forget(cache, viewer(cache), "rentalAllowance");
  forget(cache, viewer(cache), "balance");
};

const reviewed: UpdateResolver<unknown, WriteReviewMutationVariables> = (_, { input }, cache) => {
  forget(cache, { __typename: "Movie", id: input.titleId }, "reviews");
};

const reviewDeleted: UpdateResolver<DeleteReviewMutation> = ({ deleteReview }, _, cache) => {
  if (deleteReview?.title) forget(cache, { __typename: "Movie", id: deleteReview.title.id }, "reviews");
};

function onWatchlist(listed: boolean): UpdateResolver<unknown, AddToWatchlistMutationVariables> {
  return (_, { input }, cache) => {
    const film = { __typename: "Movie", id: input.titleId, onWatchlist: listed };
    cache.writeFragment(OnWatchlistFragmentDoc, film);
    forget(cache, viewer(cache), "watchlist");
  };
}

const stocked: UpdateResolver<unknown, AddCopiesMutationVariables> = (_, { input }, cache) => {
  forget(cache, { __typename: "Movie", id: input.movieId }, "offers");
};

const catalogueChanged: UpdateResolver = (_, __, cache) => forget(cache, "Query", "movies");

function viewer(cache: Cache): Entity | null {
  return cache.resolve("Query", "viewer") as string | null;
}

/** Drops a field in every variant of its arguments; whoever shows it asks for it again. */
function forget(cache: Cache, entity: Entity | null, fieldName: string): void {
  if (!entity) return;
  for (const field of cache.inspectFields(entity)) {
    if (field.fieldName === fieldName) cache.invalidate(entity, field.fieldKey);
  }
}
