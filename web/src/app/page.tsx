import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { type Course, hasEntered, keptLanguage, type Opened, type Settings as Chosen } from "../api";
import { language } from "../sentences";
import { Tabs } from "../tabs";
import { api, Closed, type Held, Shown, Today, useAnswer } from "./answers";
import { Calendar, type Months } from "./calendar";
import { askEarly, CourseView, FIRST_VIEW, type View } from "./course";
import { month, todayIn } from "./dates";
import { DayView } from "./day";
import { initData, launchColours, listen, tell } from "./launch";
import { Settings, useDraft } from "./settings";
import { speak, text } from "./texts";
import { wear } from "./theme";
import { Outcome, useWrites, Writing } from "./writes";

const SECTIONS = { course: "page_app_course", calendar: "page_app_calendar", settings: "page_app_settings" } as const;
type Section = keyof typeof SECTIONS;
const DAY_LOOK_MS = 30_000;
const isTab = initData === null && hasEntered(); // the chat page's second one; a frame of Telegram's may have no storage
const isLost = initData === null && !isTab; // another tab of the browser, without the first one's token
history.scrollRestoration = "manual"; // the sections know where they were
askEarly();

export function Page() {
  const [isClosed, setClosed] = useState(false);
  const [dress, draw] = useReducer((n: number, _: void) => n + 1, 0);
  const [, setLanguage] = useState(""); // the tabs follow it
  const [day, openDay] = useDay();
  useEffect(() => {
    wear(launchColours());
    const draws = () => draw();
    listen((colours) => { wear(colours); draw(); }, () => openDay(null));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draws);
    speak((isTab && keptLanguage()) || language);
    tell("web_app_ready");
    tell("web_app_expand");
    draw();
  }, []);
  return (
    <>
      {isTab && <Tabs at="days" say={text} />}
      {isClosed ? <End /> : (
        <Closed.Provider value={() => setClosed(true)}><Own dress={dress} day={day} openDay={openDay} onLanguage={setLanguage} /></Closed.Provider>
      )}
    </>
  );
}

// The day that is looked at, if any; a reload stays there. It is an entry of the history, which the next day takes over:
// whatever leaves the day goes back from it, as the browser's own back does.
function useDay(): [string | null, (day: string | null) => void] {
  const kept = () => (history.state as { day: string | null } | null)?.day ?? null;
  const [day, setDay] = useState(kept);
  useEffect(() => tell("web_app_setup_back_button", { is_visible: day !== null }), [day !== null]);
  useEffect(() => {
    const back = () => setDay(kept());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  return [day, (next) => {
    const isLeft = next === null && kept() !== null;
    if (kept() !== null) history.replaceState({ day: next }, ""); // at once: a second tap goes no further back
    else if (next !== null) history.pushState({ day: next }, "");
    if (isLeft) history.back();
    else setDay(next);
  }];
}

type Place = { dress: number; day: string | null; openDay: (day: string | null) => void };

function Own({ dress, day, openDay, onLanguage }: Place & { onLanguage: (language: string) => void }) {
  const opened = useAnswer(() => api.open(), []);
  const { value } = opened;
  useNewDay(value && (value.settings.time_zone ?? "UTC"), opened.again);
  if (value) speak(value.settings.language);
  useEffect(() => onLanguage(value?.settings.language ?? ""), [value?.settings.language]);
  const change = (settings: Chosen) => opened.set((last) => ({ ...last, settings }));
  return (
    <Today.Provider value={(today) => { if (value && today !== value.today) opened.again(); }}>
      <Shown answer={opened}>
        {(known) => <Sections known={known} onSettings={change} dress={dress} day={day} openDay={openDay} />}
      </Shown>
    </Today.Provider>
  );
}

// Asks again when the page comes back into sight, in another zone, and after a midnight there while the page is seen.
function useNewDay(zone: string | undefined, again: () => void): void {
  const before = useRef(zone);
  useEffect(() => {
    if (before.current !== undefined && before.current !== zone) again();
    before.current = zone;
    const here = () => todayIn(zone ?? "UTC");
    let day = here();
    const look = () => document.visibilityState === "visible" && again();
    const midnight = setInterval(() => { if (day !== (day = here())) look(); }, DAY_LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => { clearInterval(midnight); document.removeEventListener("visibilitychange", look); };
  }, [zone]);
}

function Sections({ known, onSettings, dress, day, openDay }: Place & { known: Opened; onSettings: (settings: Chosen) => void }) {
  const [section, go] = useState<Section>("course");
  const [view, look] = useReducer((last: View, next: Partial<View>) => ({ ...last, ...next }), FIRST_VIEW);
  const [shownMonth, turn] = useState(month(known.today));
  const head = useRef<HTMLHeadingElement>(null);
  const held = useRef<{ course: Held<Course>; months: Held<Months> }>({ course: { state: {} }, months: { state: {} } }).current;
  const draft = useDraft();
  const writes = useWrites();
  const place = day === null ? section : "day";
  const before = useRef(place);
  const top = useRef(0); // how far down the section was left for a day
  useLayoutEffect(() => {
    if (before.current === place) return;
    before.current = place;
    head.current?.focus();
    scrollTo(0, place === "day" ? 0 : top.current);
  }, [place]);
  useEffect(writes.leave, [place, day]);
  const choose = (chosen: Section) => { top.current = 0; openDay(null); go(chosen); };
  const onDay = (next: string) => { top.current = scrollY; openDay(next); };
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
            {section === "course" && <CourseView known={known} held={held.course} dress={dress} onDay={onDay} view={view} look={look} />}
            {section === "calendar" && <Calendar known={known} held={held.months} onDay={onDay} first={shownMonth} go={turn} />}
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
  return <main class="end"><div role="alert"><h1>{text(isTab ? "page_app_closed_yet" : "page_closed")}</h1><p>{text(isLost ? "page_app_closed_tab" : "page_app_closed_how")}</p></div></main>;
}
