import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { hasEntered, keptLanguage, type Opened, type Settings as Chosen } from "../api";
import { Tabs } from "../tabs";
import { api, Closed, Shown, useAnswer } from "./answers";
import { Calendar } from "./calendar";
import { askEarly, CourseView } from "./course";
import { DayView } from "./day";
import { initData, launchColours, listen, tell } from "./launch";
import { Settings, useDraft } from "./settings";
import { speak, text } from "./texts";
import { wear } from "./theme";
import { Outcome, useWrites, Writing } from "./writes";

const SECTIONS = { course: "page_app_course", calendar: "page_app_calendar", settings: "page_app_settings" } as const;
type Section = keyof typeof SECTIONS;
const isTab = initData === null && hasEntered(); // the chat page's second one; a frame of Telegram's may have no storage
const isLost = initData === null && !isTab; // another tab of the browser, without the first one's token
askEarly();

export function Page() {
  const [isClosed, setClosed] = useState(false);
  const [dress, draw] = useReducer((n: number, _: void) => n + 1, 0);
  const [day, openDay] = useDay();
  useEffect(() => {
    wear(launchColours());
    const draws = () => draw();
    listen((colours) => { wear(colours); draw(); }, () => openDay(null));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draws);
    speak((isTab && keptLanguage()) || (navigator.language.startsWith("ru") ? "ru" : "en"));
    tell("web_app_ready");
    tell("web_app_expand");
    draw();
  }, []);
  return (
    <>
      {isTab && <Tabs at="days" say={text} />}
      {isClosed ? <End /> : (
        <Closed.Provider value={() => setClosed(true)}><Own dress={dress} day={day} openDay={openDay} /></Closed.Provider>
      )}
    </>
  );
}

// The day that is looked at, if any. Telegram's own back button leaves it, too.
function useDay(): [string | null, (day: string | null) => void] {
  const [day, setDay] = useState<string | null>(null);
  useEffect(() => tell("web_app_setup_back_button", { is_visible: day !== null }), [day !== null]);
  return [day, setDay];
}

type Place = { dress: number; day: string | null; openDay: (day: string | null) => void };

function Own({ dress, day, openDay }: Place) {
  const opened = useAnswer(() => api.open(), []);
  const { value } = opened;
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && opened.again(); // the day may have ended meanwhile
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  if (value) speak(value.settings.language);
  const change = (settings: Chosen) => value && opened.set({ ...value, settings });
  return (
    <Shown answer={opened}>
      {(known) => <Sections known={known} onSettings={change} dress={dress} day={day} openDay={openDay} />}
    </Shown>
  );
}

function Sections({ known, onSettings, dress, day, openDay }: Place & { known: Opened; onSettings: (settings: Chosen) => void }) {
  const [section, go] = useState<Section>("course");
  const head = useRef<HTMLHeadingElement>(null);
  const draft = useDraft();
  const writes = useWrites();
  const place = day === null ? section : "day";
  const before = useRef(place);
  useLayoutEffect(() => {
    if (before.current !== place) head.current?.focus();
    before.current = place;
  }, [place]);
  useEffect(writes.leave, [place, day]);
  const choose = (chosen: Section) => { openDay(null); go(chosen); };
  return (
    <div class="page">
      <nav aria-label={text("page_app_sections")}>
        {(Object.keys(SECTIONS) as Section[]).map((name) => (
          <button key={name} type="button" aria-current={name === section ? "page" : undefined} onClick={() => choose(name)}>
            {text(SECTIONS[name])}
          </button>
        ))}
      </nav>
      <main>
        <Writing.Provider value={writes}>
        {day !== null ? <DayView key="day" head={head} day={day} known={known} onDay={openDay} /> : (
          <>
            <h1 ref={head} tabIndex={-1}>{text(SECTIONS[section])}</h1>
            {section === "course" && <CourseView known={known} dress={dress} onDay={openDay} />}
            {section === "calendar" && <Calendar known={known} onDay={openDay} />}
            {section === "settings" && <Settings known={known} draft={draft} onSettings={onSettings} />}
          </>
        )}
        </Writing.Provider>
        <Outcome of={writes} />
      </main>
    </div>
  );
}

function End() {
  return <main class="end"><div role="alert"><h1>{text("page_app_closed")}</h1><p>{text(isLost ? "page_app_closed_tab" : "page_app_closed_how")}</p></div></main>;
}
