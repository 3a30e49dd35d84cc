import { locale } from "./locale";

const day = 86_400_000;

/** "Mon, Nov 24" in the store's time zone, with the year where it is not this year's. */
export function dayOf(instant: string, timeZone?: string, now = new Date()): string {
  const date = new Date(instant);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return format({ weekday: "short", month: "short", day: "numeric", ...year }, timeZone).format(date);
}

/** "Nov 24, 8:00 PM" in the store's time zone. */
export function momentOf(instant: string, timeZone?: string): string {
  return format({ month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }, timeZone).format(
    new Date(instant),
  );
}

/** "June 1982" */
export function monthOf(instant: string): string {
  return format({ month: "long", year: "numeric" }).format(new Date(instant));
}

/** "November 24, 1949" of a calendar date, which has no time zone. */
export function calendarDay(date: string): string {
  return format({ dateStyle: "long" }, "UTC").format(new Date(`${date}T00:00:00Z`));
}

/** The parts of a date stamp, `{ month: "Nov", day: "24", weekday: "Mon" }`. */
export function stampOf(instant: string, timeZone?: string): { month: string; day: string; weekday: string } {
  const date = new Date(instant);
  const part = (options: Intl.DateTimeFormatOptions) => format(options, timeZone).format(date);
  return { month: part({ month: "short" }), day: part({ day: "numeric" }), weekday: part({ weekday: "short" }) };
}

/** How a due date stands to today, counted in the store's days: "due today", "3 days left", "2 days late". */
export function untilDue(dueAt: string, timeZone?: string, now = new Date()): string {
  const days = calendarDays(now, new Date(dueAt), timeZone);
  if (days === 0) return new Date(dueAt) < now ? "due earlier today" : "due today";
  if (days === 1) return "due tomorrow";
  if (days > 1) return `${days} days left`;
  return days === -1 ? "1 day late" : `${-days} days late`;
}

/** "2h 14m" */
export function runtime(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
}

function calendarDays(from: Date, to: Date, timeZone?: string): number {
  return Math.round((midnight(to, timeZone) - midnight(from, timeZone)) / day);
}

/** The instant of 00:00 UTC on the calendar day that it is in the time zone: whole days apart, whatever the clocks do. */
function midnight(date: Date, timeZone?: string): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...(timeZone ? { timeZone } : {}),
  }).format(date);
  return Date.parse(`${parts}T00:00:00Z`);
}

function format(options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options);
}
