import { Field } from "../parts/Field";
import { amountTyped } from "../wording/money";

/** What the shop buys in. */
const currency = "USD";

/** What is wrong with a cost as it was typed; nothing where it is an amount, or was left empty. */
export function costProblem(typed: string): string | undefined {
  return typed && amountTyped(typed, currency) === undefined ? "Type an amount, like 14.50." : undefined;
}

/** A cost as it was typed, as the catalogue takes it; nothing where it was left empty. */
export function costOf(typed: string): { amountMinor: number; currency: string } | undefined {
  const amountMinor = amountTyped(typed, currency);
  return amountMinor === undefined ? undefined : { amountMinor, currency };
}

interface CostFieldProps {
  typed: string;
  type: (typed: string) => void;
  /** What the catalogue says is wrong with it. */
  problem: string | undefined;
  /** What it means to leave it empty. */
  hint: string;
}

/** What a copy of a film costs the shop. Nobody is shown it again: it is the shop's own affair. */
export function CostField({ typed, type, problem, hint }: CostFieldProps) {
  return (
    <Field
      label="Cost of a copy"
      inputMode="decimal"
      value={typed}
      problem={costProblem(typed) ?? problem}
      hint={`In ${currency}. Loans are priced from it. ${hint}`}
      onChange={(event) => type(event.target.value)}
    />
  );
}
