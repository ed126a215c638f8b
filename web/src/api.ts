// The only module that fetches. Everything is JSON from the page's own origin, with the session's token in a header.
import type { Language } from "./texts";

export type Button = { label: string; data?: string; danger?: boolean };
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
const WAIT_MS = 40_000; // the server answers within 25 s

// The server is there and says no.
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused: ${status}`);
  }
}

export function keptLanguage(): Language | undefined {
  return (sessionStorage.getItem(LANGUAGE) as Language | null) ?? undefined;
}

export function keepLanguage(language: Language): void {
  sessionStorage.setItem(LANGUAGE, language);
}

export function leave(): void {
  sessionStorage.clear();
}

// Whether the page may go on: the address has a good key, or this tab has entered before, with the same address or not.
export async function enter(): Promise<boolean> {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key === null) return sessionStorage.getItem(TOKEN) !== null;
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await asked("enter", { key });
    const { token, language } = (await answer.json()) as { token: string; language: Language };
    sessionStorage.setItem(TOKEN, token);
    keepLanguage(language);
    return true;
  } catch (error) {
    if (error instanceof Refused) return sessionStorage.getItem(TOKEN) !== null;
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
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...request.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`/${path}`, { ...request, headers, cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Refused(response.status);
  return response;
}
