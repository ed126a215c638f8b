// The app's sentences, made by `python -m web.texts` from burnout/texts.
import { language, sentences, type Language } from "../sentences";
import { dateOf } from "./dates";
import en from "./texts.en.json";
import ru from "./texts.ru.json";

export type Sentence = keyof typeof en;

export const { speak, text } = sentences<Sentence>({ en, ru });

const REGIONS: Record<Language, string> = { en: "en-GB", ru: "ru" }; // a day before its month, as the bot writes it

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(REGIONS[language], { maximumFractionDigits: digits }).format(value);
}

// A strain, as every text and picture of the bot shows it: an even number in the middle, so that a number and its band agree.
export function shown(strain: number): number {
  const near = Number(strain.toFixed(6));
  const floor = Math.floor(near);
  return near - floor === 0.5 ? floor + (floor % 2) : Math.round(near);
}

export function date(day: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(REGIONS[language], { ...options, timeZone: "UTC" }).format(dateOf(day));
}

export function longDate(day: string): string {
  return date(day, { weekday: "long", day: "numeric", month: "long" });
}

export function period(from: string, to: string): string {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(REGIONS[language], options).formatRange(dateOf(from), dateOf(to));
}

export function weekday(n: number, width: "long" | "short"): string {
  return date(`2024-01-0${n + 1}`, { weekday: width }); // a Monday
}

export function hour(n: number): string {
  return `${String(n).padStart(2, "0")}:00`;
}

export function upper(words: string): string {
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
}
