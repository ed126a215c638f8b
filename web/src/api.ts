// The only module that fetches. Everything is JSON from the page's own origin, with the session's token in a header.
import type { Language } from "./texts";

export type Button = { label: string; data?: string | null; danger?: boolean; page?: boolean }; // page: opens the app
export type Message = {
  id: number;
  mine: boolean;
  html: string;
  rows?: Button[][];
  photo?: string; // a file's id
  file?: { id: string; name: string; size?: number };
  reply_to?: number;
  ask?: string; // the next words are a reply to this message; the text is a hint
  at: number; // seconds since 1970
};
export type Changes = {
  now: number; // what the next question says as `after`
  messages: Message[];
  gone: number[];
  notices: { n: number; text: string }[];
  typing: boolean;
  language?: Language;
};

export const FILE_BYTES = 20_000_000; // Telegram's own limit for a bot
const TOKEN = "token"; // in the tab's storage
const LANGUAGE = "language";
const DRAFT = "draft";
const WAIT_MS = 40_000; // the server answers within 25 s

// The server is there and says no.
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused: ${status}`);
  }
}

// Null also where the browser lets the page keep nothing.
function kept(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keptLanguage(): Language | undefined {
  return (kept(LANGUAGE) as Language | null) ?? undefined;
}

export function keepLanguage(language: Language): void {
  sessionStorage.setItem(LANGUAGE, language);
}

// What was begun in the chat stays with the tab while it shows the app.
export function keptDraft(): string {
  return kept(DRAFT) ?? "";
}

export function keepDraft(words: string): void {
  if (words) sessionStorage.setItem(DRAFT, words);
  else sessionStorage.removeItem(DRAFT);
}

export function hasEntered(): boolean {
  return kept(TOKEN) !== null;
}

export function leave(): void {
  sessionStorage.clear();
}

// Whether the page may go on: the address has a good key, or this tab has entered before, with the same address or not.
export async function enter(): Promise<boolean> {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key === null) return hasEntered();
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await asked("enter", { key });
    const { token, language } = (await answer.json()) as { token: string; language: Language };
    sessionStorage.setItem(TOKEN, token);
    keepLanguage(language);
    return true;
  } catch (error) {
    if (error instanceof Refused) return hasEntered();
    history.replaceState(null, "", `#key=${key}`); // not used: the server did not answer
    throw error;
  }
}

export async function changes(after: number, ended: AbortSignal): Promise<Changes> {
  const signal = AbortSignal.any([ended, AbortSignal.timeout(WAIT_MS)]);
  return (await (await called(`chat?after=${after}`, { signal })).json()) as Changes;
}

export async function say(words: string, replyTo?: number): Promise<void> {
  await asked("chat/words", replyTo === undefined ? { text: words } : { text: words, reply_to: replyTo });
}

export async function press(message: number, data: string): Promise<void> {
  await asked("chat/press", { message, data });
}

export async function sendPhoto(photo: Blob, name: string): Promise<void> {
  const headers = { "Content-Type": "application/octet-stream" };
  await called(`chat/photo?name=${encodeURIComponent(name)}`, { method: "POST", body: photo, headers });
}

export async function file(id: string): Promise<Blob> {
  return (await called(`chat/files/${encodeURIComponent(id)}`)).blob();
}

export async function forget(): Promise<void> {
  await asked("forget", {});
}

function asked(path: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return called(path, { method: "POST", body: JSON.stringify(body), headers });
}

async function called(path: string, request: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const token = kept(TOKEN);
  const headers = { ...request.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`/${path}`, { ...request, headers, cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Refused(response.status);
  return response;
}

// The app: whose page it is, Telegram says by its launch data, and the chat page by the tab's token.

export type Band = "calm" | "raised" | "high";
export type Factor =
  | "overload" | "overtime" | "conflict" | "no_say" | "no_thanks" | "illness" | "care"
  | "exercise" | "rest" | "people" | "outdoors" | "finished";
export type Fact = "rating" | "energy" | "sleep" | Factor;
export type Settings = {
  language: Language; time_zone: string | null; reports: boolean; report_weekday: number; report_hour: number;
  reminder_hour: number | null; quiet_from: number; quiet_to: number; theme: "light" | "dark"; alerts: boolean;
  hidden_factors: Factor[];
};
export type Opened = { today: string; settings: Settings; first_day: string | null };
export type Point = {
  day: string; rating: number | null; check_ins: number; load: number | null; index: number | null; band: Band | null;
};
// `load` lies in [0, 1]; index, bands and beginning are of 100.
export type Course = { days: Point[]; bands: [number, number]; beginning: number | null };
export type MonthDay = {
  day: string; check_ins: number; photos: number; ratings: number; rating_sum: number; energy: number | null; sleep: number | null;
};
export type Told = {
  day: string; today: string; ratings: number[]; rating: number | null; energy: number | null; sleep: number | null;
  factors: Factor[]; hidden_factors: Factor[];
};
export type CheckIn = { at: string; rating: number | null; side?: "positive" | "negative" | "unsure" | null }; // at: HH:MM
export type DayOf = { day: Told; check_ins: CheckIn[]; goes_with: string[] };

const APP_WAIT_MS = 15_000;
export type AppRefused = Refused & { why?: "closed" | "bad" | "no_zone" | "quiet" | "future_day" | "too_late" | "later" };

export const app = (initData: string | null) => {
  const authorization = initData === null ? `Bearer ${kept(TOKEN) ?? ""}` : `tma ${initData}`;
  const ask = async <T>(op: string, body: unknown = {}): Promise<T> => {
    const headers = { "Content-Type": "application/json", Authorization: authorization };
    const signal = AbortSignal.timeout(APP_WAIT_MS);
    const response = await fetch(`/app/api/${op}`, {
      method: "POST", body: JSON.stringify(body), headers, signal, cache: "no-store", credentials: "omit",
    });
    if (!response.ok) {
      const why = ((await response.json().catch(() => ({}))) as { error?: string }).error;
      throw Object.assign(new Refused(response.status), { why });
    }
    return (await response.json()) as T;
  };
  let lastWrite: Promise<unknown> = Promise.resolve();
  // One after another: the last one that is tapped is the last one that is written. `body` is asked for in its turn.
  const write = <T>(op: string, body: () => unknown): Promise<T> => {
    const written = lastWrite.then(() => ask<T>(op, body()));
    lastWrite = written.catch(() => undefined);
    return written;
  };
  return {
    open: () => ask<Opened>("open"),
    course: (days: number) => ask<Course>("course", { days }),
    month: (days: number) => ask<{ days: MonthDay[]; today: string }>("month", { days }),
    day: (day: string) => ask<DayOf>("day", { day }),
    tell: (day: string, fact: Fact, value: number) => write<Told>("tell", () => ({ day, fact, value })),
    settings: (changed: () => Partial<Settings>) => write<Settings>("settings", changed),
    export: () => write<object>("export", () => ({})),
  };
};
