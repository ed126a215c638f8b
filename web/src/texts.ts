// The page's sentences, made by `python -m web.texts` from burnout/texts/*/page.toml.
import { language, sentences } from "./sentences";
import en from "./texts.en.json";
import ru from "./texts.ru.json";

export type { Language } from "./sentences";
export type Sentence = keyof typeof en;

export const { speak, text } = sentences<Sentence>({ en, ru });

// The person's own region, if they read this language there: it decides between 1 PM and 13:00.
function region(): string {
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

export function megabytes(bytes: number): string {
  return new Intl.NumberFormat(region(), { maximumFractionDigits: bytes < 1e7 ? 1 : 0 }).format(bytes / 1e6);
}

export function clock(at: number): string {
  return new Intl.DateTimeFormat(region(), { hour: "2-digit", minute: "2-digit" }).format(at * 1000);
}

export function day(at: number): string {
  return new Intl.DateTimeFormat(region(), { day: "numeric", month: "long" }).format(at * 1000);
}

export { language };
