// What is told and chosen, and what of it did not get through: known to the whole page, so that leaving a day loses nothing.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { Closed, isClosed, Trying, troubleOf } from "./answers";
import { tell } from "./launch";
import { text } from "./texts";

// What the server says no to, each with its sentence: trying again would not help.
const REFUSALS = {
  future_day: "day_not_yet", too_late: "day_too_old", no_zone: "page_app_no_zone", quiet: "page_app_reminder_quiet", bad: "page_app_bad",
} as const;
type Refusal = keyof typeof REFUSALS;

type Write = { name: string; write: () => Promise<string | void>; drop?: () => void }; // answers what is said; drop: it is discarded
type State = { waiting: number; said: string; refused?: Refusal; failed: Map<string, Write>; repeated: number };
export type Writes = State & {
  put: (key: string, one: Write) => void; // a later one with the same key replaces what failed
  repeat: () => void;
  discard: () => void;
  leave: () => void; // what was said of the last one is over
};
const NOTHING: State = { waiting: 0, said: "", failed: new Map(), repeated: 0 };

export const Writing = createContext<Writes>({ ...NOTHING, put() {}, repeat() {}, discard() {}, leave() {} });

export function useWrites(): Writes {
  const close = useContext(Closed);
  const [state, set] = useState(NOTHING);
  const put = (key: string, one: Write, repeated = 0) => {
    const ended = (part: Partial<State>, failed: boolean) => set((last) => ({
      ...last, ...part, waiting: last.waiting - 1, failed: changed(last.failed, key, failed ? one : undefined),
      repeated: last.repeated + repeated,
    }));
    set((last) => ({ ...last, waiting: last.waiting + 1, said: "", refused: undefined }));
    one.write().then(
      (said) => ended({ said: said ?? text("page_app_kept") }, false),
      (error: unknown) => {
        const why = troubleOf(error);
        if (isClosed(error)) close();
        else if (why in REFUSALS) ended({ refused: why as Refusal }, false);
        else ended({}, true);
      },
    );
  };
  const isOpen = state.waiting > 0 || state.failed.size > 0;
  useEffect(() => {
    if (!isOpen) return;
    tell("web_app_setup_closing_behavior", { need_confirmation: true });
    const hold = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", hold);
    return () => {
      tell("web_app_setup_closing_behavior", { need_confirmation: false });
      removeEventListener("beforeunload", hold);
    };
  }, [isOpen]);
  return {
    ...state, put,
    repeat: () => state.failed.forEach((one, key) => put(key, one, 1)),
    discard: () => {
      state.failed.forEach(({ drop }) => drop?.());
      set((last) => ({ ...last, failed: new Map() }));
    },
    leave: () => set((last) => ({ ...last, said: "", refused: undefined })),
  };
}

function changed(failed: Map<string, Write>, key: string, one?: Write): Map<string, Write> {
  const after = new Map(failed);
  after.delete(key);
  return one ? after.set(key, one) : after;
}

export function Outcome({ of: { waiting, said, refused, failed, repeat, discard } }: { of: Writes }) {
  return (
    <div class="outcome">
      <p role="status" class={waiting > 0 ? undefined : "said"}>{waiting > 0 ? text("page_app_loading") : said}</p>
      <div role="alert">
        {(refused === "bad" || failed.size > 0) && <p>{text("page_app_not_kept")}</p>}
        {refused && (refused === "bad" ? <Trying why="bad" /> : <p>{text(REFUSALS[refused])}</p>)}
        {failed.size > 0 && (
          <>
            <ul>{[...failed].map(([key, { name }]) => <li key={key}>{name}</li>)}</ul>
            <Trying why="later" again={repeat}>
              {" "}<button type="button" class="small" onClick={discard}>{text("page_discard")}</button>
            </Trying>
          </>
        )}
      </div>
    </div>
  );
}
