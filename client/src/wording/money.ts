import type { PriceFragment } from "../graphql/generated/operations";
import { locale } from "./locale";

const formats = new Map<string, Intl.NumberFormat>();

/** How an amount reads, "$3.49" for 349 minor units of USD; a currency has the decimals that it has. */
export function money({ amountMinor, currency }: PriceFragment): string {
  const format = formatOf(currency);
  return format.format(amountMinor / 10 ** decimals(format));
}

/** Minor units of what a person typed, 350 for "3.50"; undefined where it is no amount of the currency. */
export function amountTyped(text: string, currency: string): number | undefined {
  const places = decimals(formatOf(currency));
  const plain = text.trim().replace(",", ".");
  const pattern = places > 0 ? new RegExp(`^\\d{1,7}(\\.\\d{1,${places}})?$`) : /^\d{1,7}$/;
  if (!pattern.test(plain)) return undefined;
  return Math.round(Number(plain) * 10 ** places);
}

/** An amount as a person would type it, "3.50" for 350 minor units of USD. */
export function amountAsTyped({ amountMinor, currency }: PriceFragment): string {
  const places = decimals(formatOf(currency));
  return (amountMinor / 10 ** places).toFixed(places);
}

/** The least of some prices of one currency; undefined of none. */
export function cheapest(prices: readonly PriceFragment[]): PriceFragment | undefined {
  return prices.reduce<PriceFragment | undefined>(
    (least, price) => (least && least.amountMinor <= price.amountMinor ? least : price),
    undefined,
  );
}

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency });
    formats.set(currency, format);
  }
  return format;
}

function decimals(format: Intl.NumberFormat): number {
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
