// How the page asks: what has come, what has not, and one place that notices that the page is closed.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { app, type AppRefused, Refused } from "../api";
import { initData } from "./launch";
import { text } from "./texts";

export const api = app(initData);
export const Closed = createContext<() => void>(() => undefined);

type Answer<T> = { value?: T; failed: boolean; again: () => void; set: (value: T) => void };

// The answer for these `keys`; while another one comes, the last one stays.
export function useAnswer<T>(ask: () => Promise<T>, keys: unknown[]): Answer<T> {
  const close = useContext(Closed);
  const [state, setState] = useState<{ value?: T; failed: boolean }>({ failed: false });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let left = false;
    ask().then(
      (value) => left || setState({ value, failed: false }),
      (error: unknown) => {
        if (isClosed(error)) close();
        else if (!left) setState((last) => ({ ...last, failed: true }));
      },
    );
    return () => { left = true; };
  }, [...keys, tries]);
  const again = useCallback(() => setTries((n) => n + 1), []);
  useEffect(() => {
    if (state.failed) addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [state.failed]);
  return { ...state, again, set: (value) => setState({ value, failed: false }) };
}

// What the server says no to, each with its sentence: trying again would not help.
const REFUSALS = { future_day: "day_not_yet", too_late: "day_too_old", no_zone: "page_app_no_zone" } as const;
type Why = keyof typeof REFUSALS;

type Written = { state: "idle" | "busy" | "kept" | "failed" | Why; again: () => void };

// Writes, and says how it went. What failed is kept, so that it can be tried again.
export function useWrite(): [Written, (write: () => Promise<unknown>) => void] {
  const close = useContext(Closed);
  const [written, setWritten] = useState<Written>({ state: "idle", again: () => undefined });
  const write = (one: () => Promise<unknown>) => {
    const again = () => write(one);
    setWritten({ state: "busy", again });
    one().then(
      () => setWritten({ state: "kept", again }),
      (error: unknown) => {
        const why = error instanceof Refused ? (error as AppRefused).why : undefined;
        if (isClosed(error)) close();
        else setWritten({ state: why && why in REFUSALS ? (why as Why) : "failed", again });
      },
    );
  };
  return [written, write];
}

function isClosed(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}

export function Outcome({ of: { state, again }, kept = text("page_app_kept") }: { of: Written; kept?: string }) {
  return (
    <div class="outcome">
      <p role="status">{state === "kept" ? kept : state === "busy" ? text("page_app_loading") : ""}</p>
      <div role="alert">
        {state in REFUSALS && <p>{text(REFUSALS[state as Why])}</p>}
        {state === "failed" && <Failed again={again}>{text("page_app_not_kept")} </Failed>}
      </div>
    </div>
  );
}

function Failed({ again, children }: { again: () => void; children?: ComponentChildren }) {
  return (
    <p class="failed">
      {children}{text("page_app_offline")} <button type="button" class="small" onClick={again}>{text("page_retry")}</button>
    </p>
  );
}

// What an answer shows, or that it is on its way, or that it did not come.
export function Shown<T>({ answer, children }: { answer: Answer<T>; children: (value: T) => ComponentChildren }) {
  return (
    <>
      <div role="alert">{answer.failed && <Failed again={answer.again} />}</div>
      {answer.value !== undefined ? children(answer.value) : !answer.failed && <p role="status">{text("page_app_loading")}</p>}
    </>
  );
}
