import type {
  Certification,
  CopyCondition,
  CopyStatus,
  Format,
  LedgerKind,
  MembershipTier,
  RegistrationStatus,
  RentalStatus,
} from "../graphql/generated/operations";

export const certifications: Record<Certification, { label: string; meaning: string }> = {
  G: { label: "G", meaning: "for everyone" },
  PG: { label: "PG", meaning: "parental guidance" },
  PG_13: { label: "PG-13", meaning: "from 13" },
  R: { label: "R", meaning: "from 17" },
  NC_17: { label: "NC-17", meaning: "from 18" },
  UNRATED: { label: "Unrated", meaning: "from 17, as the film has no rating" },
};

export const certificationLabels: Record<string, string> = Object.fromEntries(
  Object.entries(certifications).map(([certification, { label }]) => [certification, label]),
);

export const formats: Record<Format, string> = { DVD: "DVD", BLU_RAY: "Blu-ray", UHD: "4K UHD" };

export const rentalStatuses: Record<RentalStatus, string> = {
  ACTIVE: "At home",
  OVERDUE: "Overdue",
  RETURNING: "On its way back",
  RETURNED: "Returned",
  LOST: "Lost",
};

export const copyStatuses: Record<CopyStatus, string> = {
  AVAILABLE: "On the shelf",
  ON_LOAN: "On loan",
  IN_TRANSIT: "On its way back",
  LOST: "Lost",
  RETIRED: "Taken off the shelf",
};

export const copyConditions: Record<CopyCondition, string> = {
  NEW: "New",
  GOOD: "Good",
  WORN: "Worn",
  DAMAGED: "Damaged",
};

export const ledgerKinds: Record<LedgerKind, string> = {
  RENTAL_CHARGE: "Rental",
  LATE_FEE: "Late fee",
  REPLACEMENT: "Replacement",
  PAYMENT: "Payment",
  WAIVER: "Waived",
};

export const tiers: Record<MembershipTier, string> = { STANDARD: "Standard", PLUS: "Plus", PREMIER: "Premier" };

export const registrationStatuses: Record<RegistrationStatus, string> = {
  ACCEPTED: "We have your registration",
  AWAITING_ACTIVATION: "Your card is ready to activate",
  ACTIVE: "Your membership is open",
  EXPIRED: "This registration has expired",
};
