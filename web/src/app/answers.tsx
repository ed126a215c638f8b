// How the page asks: what has come, what has not, and one place that notices that the page is closed.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { app, type AppRefused, Refused } from "../api";
import { initData } from "./launch";
import { text } from "./texts";

export const api = app(initData);
export const Closed = createContext<() => void>(() => undefined);

export type Trouble = NonNullable<AppRefused["why"]>;
type State<T> = { value?: T; trouble?: Trouble };
type Answer<T> = State<T> & { again: () => void; set: (value: T) => void };

// The answer for these `keys`; while another one comes, the last one stays.
export function useAnswer<T>(ask: () => Promise<T>, keys: unknown[]): Answer<T> {
  const close = useContext(Closed);
  const [state, setState] = useState<State<T>>({});
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let left = false;
    ask().then(
      (value) => left || setState({ value }),
      (error: unknown) => {
        if (isClosed(error)) close();
        else if (!left) setState(({ value }) => ({ value, trouble: troubleOf(error) }));
      },
    );
    return () => { left = true; };
  }, [...keys, tries]);
  const again = useCallback(() => setTries((n) => n + 1), []);
  useEffect(() => {
    if (state.trouble) addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [state.trouble]);
  return { ...state, again, set: (value) => setState({ value }) };
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
