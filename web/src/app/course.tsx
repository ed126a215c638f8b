import { useRef } from "preact/hooks";
import type { Band, Course, Opened, Point } from "../api";
import { api, type Held, Shown, useAnswer } from "./answers";
import { Button } from "./button";
import { Chart, LEAST_DAYS } from "./chart";
import { between, KEPT_DAYS, plus } from "./dates";
import { date, number, period, shown, text } from "./texts";

const SPANS = [[28, "page_app_span_weeks"], [91, "page_app_span_months"], [365, "page_app_span_year"]] as const;
const BANDS: Record<Band, "course_calm_first" | "course_raised_first" | "course_high_first"> = {
  calm: "course_calm_first", raised: "course_raised_first", high: "course_high_first",
};

let early: Promise<Course> | undefined;

// Before it is known whose page it is: both answers come at once.
export function askEarly(): void {
  early = api.course(KEPT_DAYS);
  early.catch(() => undefined);
}

function asked(): Promise<Course> {
  const first = early ?? api.course(KEPT_DAYS);
  early = undefined;
  return first;
}

// What is looked at: so many days, how many before today they end, and a part of the whole, or of what lies around it.
export type View = { span: number; back: number; part: [string, string] | null; isTable: boolean };
export const FIRST_VIEW: View = { span: SPANS[0][0], back: 0, part: null, isTable: false };
type Looking = { dress: number; view: View; look: (next: Partial<View>) => void; onDay: (day: string) => void };

export function CourseView({ known: { today }, held, ...looking }: Looking & { known: Opened; held: Held<Course> }) {
  const answer = useAnswer(asked, [today], { held });
  return (
    <Shown answer={answer}>
      {(course) => course.days.length === 0
        ? <p class="card">{text("page_app_course_none")}</p>
        : <Window course={course} today={today} {...looking} />}
    </Shown>
  );
}

function Window({ course, today, dress, view, look, onDay }: Looking & { course: Course; today: string }) {
  const { span, back, part } = view;
  const first = course.days[0]?.day ?? today;
  const last = plus(today, -back);
  const whole: [string, string] = [plus(last, 1 - span), last];
  const [from, to] = part ?? whole;
  const earliest = [first, whole[0]].sort()[0]!;
  const seen = course.days.filter(({ day }) => from <= day && day <= to);
  const days = between(from, to) + 1;
  const show = (begins: string, ends: string) =>
    look({ part: begins === whole[0] && ends === whole[1] ? null : [begins, ends] });
  const line = useRef<HTMLParagraphElement>(null);
  const all = () => {
    look({ part: null });
    line.current?.focus(); // the button goes
  };
  const move = (by: number) => {
    if (part === null) return look({ back: Math.min(Math.max(back - by, 0), KEPT_DAYS) });
    const ends = [plus(to, by), today].sort()[0]!;
    show(plus(ends, 1 - days), ends);
  };
  const stretch = (by: number) => {
    const length = Math.min(Math.max(Math.round(days * by), LEAST_DAYS), between(earliest, today) + 1);
    const middle = plus(to, Math.round((length - days) / 2));
    const ends = [to === today ? today : middle, today].sort()[0]!; // the newest days stay
    const begins = [plus(ends, 1 - length), earliest].sort()[1]!;
    show(begins, plus(begins, length - 1));
  };
  return (
    <>
      <Now points={course.days} bands={course.bands} today={today} />
      <div class="card">
        <div class="row" role="group" aria-label={text("page_app_span")}>
          {SPANS.map(([length, key]) => (
            <button key={key} type="button" aria-pressed={span === length && !part}
              onClick={() => look({ part: null, back: 0, span: length })}>{text(key)}</button>
          ))}
        </div>
        <p ref={line} tabIndex={-1} class="period" aria-live="polite">{period(from, to)}</p>
        <Chart course={course} from={from} to={to} earliest={earliest} today={today} dress={dress} onDay={onDay}
          onPart={(begins, ends) => show(begins, [ends, today].sort()[0]!)} />
        {seen.length === 0 && <p>{text("page_app_course_unseen")}</p>}
        <div class="row">
          <Button class="before" off={from <= first} onClick={() => move(-days)}>{text("page_app_earlier")}</Button>
          <Button class="sign" aria-label={text("page_app_wider")} off={from <= earliest && to >= today} onClick={() => stretch(2)}>−</Button>
          <Button class="sign" aria-label={text("page_app_closer")} off={days <= LEAST_DAYS} onClick={() => stretch(0.5)}>+</Button>
          <Button class="after" off={to >= today} onClick={() => move(days)}>{text("page_app_later")}</Button>
          {part && <button type="button" class="whole" onClick={all}>{text("page_app_zoom_out")}</button>}
        </div>
        <p class="quiet how">{text("page_app_chart_how")}</p>
        <Legend bands={course.bands} beginning={course.beginning} />
      </div>
      <details class="card" open={view.isTable} onToggle={(event) => look({ isTable: event.currentTarget.open })}>
        <summary>{text("page_app_table")}</summary><Table points={seen} bands={course.bands} from={from} to={to} onDay={onDay} /></details>
    </>
  );
}

type Bands = Course["bands"];

// Why what is as high as high is, is not called so.
function Capped({ points, bands: [, high] }: { points: Point[]; bands: Bands }) {
  const isCapped = points.some(({ index, band }) => index !== null && shown(index) >= high && band === "raised");
  return isCapped ? <p class="quiet">{text("report_capped")}</p> : null;
}

function Now({ points, bands, today }: { points: Point[]; bands: Bands; today: string }) {
  const last = points.filter(({ index }) => index !== null).slice(-1);
  const { day, index, band } = last[0] ?? {};
  return (
    <>
      {day && index != null && band && (
        <p class="now"><i class={`band ${band}`} aria-hidden="true" />
          {text(day === today ? "page_app_course_now" : "page_app_course_last", { day: date(day, { day: "numeric", month: "long" }), index: shown(index), band: text(BANDS[band]) })}</p>
      )}
      {!day && <p>{text("page_app_course_early")}</p>}
      <Capped points={last} bands={bands} />
      {(band === "raised" || band === "high") && <p>{text("page_app_talk")}</p>}
      <p class="quiet">{text("page_app_course_lead")}</p>
    </>
  );
}

function Legend({ bands: [raised, high], beginning }: { bands: Bands; beginning: number | null }) {
  const ends = { calm: `0–${raised - 1}`, raised: `${raised}–${high - 1}`, high: `${high}–100` };
  return (
    <ul class="legend">
      {(Object.keys(BANDS) as Band[]).map((band) => (
        <li key={band}><i class={`band ${band}`} aria-hidden="true" />{text(BANDS[band])}, {ends[band]}</li>
      ))}
      {beginning !== null && (
        <li><i class="dashes" aria-hidden="true" />{text("page_app_beginning", { beginning: shown(beginning) })}</li>
      )}
    </ul>
  );
}

function strain(load: number | null): string {
  return load === null ? "–" : String(shown(load * 100));
}

function Table({ points, bands, from, to, onDay }: {
  points: Point[]; bands: Bands; from: string; to: string; onDay: (day: string) => void;
}) {
  return (
    <div class="wide">
      <Capped points={points} bands={bands} />
      <table>
        <caption>{text("page_app_chart", { period: period(from, to) })}</caption>
        <thead>
          <tr>
            <th scope="col">{text("page_app_day")}</th>
            <th scope="col">{text("page_app_load")}</th>
            <th scope="col">{text("page_app_index")}</th>
            <th scope="col">{text("page_app_mood")}</th>
            <th scope="col">{text("page_app_check_ins")}</th>
          </tr>
        </thead>
        <tbody>
          {[...points].reverse().map(({ day, load, index, band, rating, check_ins }) => (
            <tr key={day}>
              <th scope="row">
                <button type="button" class="link" onClick={() => onDay(day)}>{date(day, { day: "numeric", month: "short" })}</button>
              </th>
              <td>{strain(load)}</td>
              <td>{index === null ? "–" : shown(index)}{band && `, ${text(BANDS[band])}`}</td>
              <td>{rating === null ? "–" : number(rating, 1)}</td>
              <td>{check_ins}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
