// Days of the person's own calendar, YYYY-MM-DD: counted in UTC, so that no zone of this machine moves them.
const DAY_MS = 86_400_000;
export const KEPT_DAYS = 400; // how far back the server looks

export function dateOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

export function plus(day: string, days: number): string {
  return dayOf(new Date(dateOf(day).getTime() + days * DAY_MS));
}

// How many days `later` lies after `day`.
export function between(day: string, later: string): number {
  return Math.round((dateOf(later).getTime() - dateOf(day).getTime()) / DAY_MS);
}

// The first day of a month so many months on.
export function month(day: string, months = 0): string {
  const date = dateOf(day);
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)));
}

// Today by this machine's clock in a zone; in the machine's own where the browser does not know that one.
export function todayIn(zone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  try {
    return new Date().toLocaleDateString("sv", { ...options, timeZone: zone });
  } catch {
    return new Date().toLocaleDateString("sv", options);
  }
}

// The weeks that a month lies in, each from Monday; null stands for a day of another month.
export function weeks(first: string): (string | null)[][] {
  const empty = (dateOf(first).getUTCDay() + 6) % 7;
  const days = between(first, month(first, 1));
  const cells = Array.from({ length: Math.ceil((empty + days) / 7) * 7 }, (_, n) =>
    n < empty || n >= empty + days ? null : plus(first, n - empty));
  return Array.from({ length: cells.length / 7 }, (_, n) => cells.slice(n * 7, n * 7 + 7));
}
