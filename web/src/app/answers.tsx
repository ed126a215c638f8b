// How the page asks: what has come, what has not, and one place that notices that the page is closed.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useReducer, useRef, useState } from "preact/hooks";
import { app, type AppRefused, Refused } from "../api";
import { initData } from "./launch";
import { text } from "./texts";

export const api = app(initData);
export const Closed = createContext<() => void>(() => undefined);
export const Today = createContext<(today: string) => void>(() => undefined); // hears which day an answer calls today

// Tells the page what day it is by an answer: the day may have ended since the page was opened.
export function useToday(today?: string): void {
  const hear = useContext(Today);
  useEffect(() => { if (today) hear(today); }, [today]);
}

export type Trouble = NonNullable<AppRefused["why"]>;
type State<T> = { value?: T; trouble?: Trouble };
type Answer<T> = State<T> & { again: () => void; set: (change: (value: T) => T) => void };
export type Held<T> = { of?: string; state: State<T>; coming?: object }; // of: the keys that the state answers

// The answer for these `keys`, and none of other keys; while it comes once more, as by another `round`, or to who comes back
// to what is `held`, the last one stays.
export function useAnswer<T>(ask: () => Promise<T>, keys: unknown[], more: { round?: number; held?: Held<T> } = {}): Answer<T> {
  const close = useContext(Closed);
  const of = JSON.stringify(keys);
  const [, draw] = useReducer((n: number, _: void) => n + 1, 0);
  const [tries, setTries] = useState(0);
  const held = useRef<Held<T>>(more.held ?? { state: {} }).current;
  const state = held.of === of ? held.state : {};
  const keep = (state: State<T>) => { Object.assign(held, { of, state }); draw(); };
  useEffect(() => {
    const coming = held.coming = {};
    const ended = (state: () => State<T>) => {
      if (held.coming !== coming) return; // a newer one comes, or has come
      held.coming = undefined;
      keep(state());
    };
    ask().then(
      (value) => ended(() => ({ value })),
      (error: unknown) => {
        if (isClosed(error)) close();
        else ended(() => ({ value: held.of === of ? held.state.value : undefined, trouble: troubleOf(error) }));
      },
    );
    return () => { held.coming = undefined; };
  }, [of, more.round, tries]);
  const again = useCallback(() => setTries((n) => n + 1), []);
  useEffect(() => {
    if (state.trouble) addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [state.trouble]);
  // What is under way may be older than the change: it is asked for again. An answer of other keys stays as it is.
  const set = (change: (value: T) => T) => {
    if (held.coming) again();
    held.coming = undefined;
    if (held.of === of && held.state.value !== undefined) keep({ value: change(held.state.value) });
  };
  return { ...state, again, set };
}

export function isClosed(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}

// What the server says, and "later" where it says nothing.
export function troubleOf(error: unknown): Trouble {
  return (error instanceof Refused && (error as AppRefused).why) || "later";
}

// What a person can do about it: another try, or, where the page itself is wrong, the page anew.
export function Trying({ why, again, children }: { why: Trouble; again?: () => void; children?: ComponentChildren }) {
  const isOurs = why === "bad";
  return (
    <p class="failed">
      {text(isOurs ? "page_app_bad" : "page_app_offline")}{" "}
      <button type="button" class="small" onClick={isOurs ? () => location.reload() : again}>
        {text(isOurs ? "page_app_reload" : "page_retry")}
      </button>
      {children}
    </p>
  );
}

// What an answer shows, or that it is on its way, or that it did not come.
export function Shown<T>({ answer: { value, trouble, again }, children }: {
  answer: Answer<T>; children: (value: T) => ComponentChildren;
}) {
  return (
    <>
      <div role="alert">{trouble && <Trying why={trouble} again={again} />}</div>
      {value !== undefined ? children(value) : !trouble && <p role="status">{text("page_app_loading")}</p>}
    </>
  );
}
