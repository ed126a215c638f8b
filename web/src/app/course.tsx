import { useState } from "preact/hooks";
import type { Band, Course, Opened, Point } from "../api";
import { api, Shown, useAnswer } from "./answers";
import { Chart } from "./chart";
import { KEPT_DAYS, plus } from "./dates";
import { date, longDate, number, text } from "./texts";

const SPANS = [[28, "page_app_span_weeks"], [91, "page_app_span_months"], [365, "page_app_span_year"]] as const;
const BANDS: Record<Band, "course_calm_first" | "course_raised_first" | "course_high_first"> = {
  calm: "course_calm_first", raised: "course_raised_first", high: "course_high_first",
};

type Props = { known: Opened; dress: number; onDay: (day: string) => void };

export function CourseView({ known: { today }, dress, onDay }: Props) {
  const answer = useAnswer(() => api.course(KEPT_DAYS), [today]);
  return (
    <Shown answer={answer}>
      {(course) => course.days.length === 0
        ? <p class="card">{text("page_app_course_none")}</p>
        : <Window course={course} today={today} dress={dress} onDay={onDay} />}
    </Shown>
  );
}

function Window({ course, today, dress, onDay }: { course: Course; today: string; dress: number; onDay: (day: string) => void }) {
  const [span, setSpan] = useState<number>(SPANS[0][0]);
  const [back, setBack] = useState(0); // how many days the window ends before today
  const [chosen, choose] = useState<[string, string] | null>(null); // a part that was drawn over
  const last = plus(today, -back);
  const [from, to] = chosen ?? [plus(last, 1 - span), last];
  const seen = course.days.filter(({ day }) => from <= day && day <= to);
  const first = course.days[0]?.day ?? today;
  const move = (days: number) => { choose(null); setBack(Math.min(Math.max(back + days, 0), KEPT_DAYS)); };
  return (
    <>
      {course.bands ? <Now points={course.days} /> : <p class="quiet">{text("page_app_mood_lead")}</p>}
      <div class="card">
        <div class="row" role="group" aria-label={text("page_app_span")}>
          {SPANS.map(([days, key]) => (
            <button key={key} type="button" aria-pressed={span === days && !chosen}
              onClick={() => { choose(null); setBack(0); setSpan(days); }}>{text(key)}</button>
          ))}
        </div>
        <Chart course={course} from={from} to={to} dress={dress} onDay={onDay} onPart={(a, b) => choose([a, b])} />
        {seen.length === 0 && <p>{text("page_app_course_unseen")}</p>}
        <div class="row">
          <button type="button" disabled={from <= first} onClick={() => move(span)}>← {text("page_app_earlier")}</button>
          {chosen && <button type="button" onClick={() => choose(null)}>{text("page_app_zoom_out")}</button>}
          <button type="button" disabled={back === 0} onClick={() => move(-span)}>{text("page_app_later")} →</button>
        </div>
        {course.bands && <Legend bands={course.bands} baseline={course.baseline} />}
      </div>
      <details class="card"><summary>{text("page_app_table")}</summary><Table points={seen} hasStrain={!!course.bands} from={from} to={to} onDay={onDay} /></details>
    </>
  );
}

function Now({ points }: { points: Point[] }) {
  const last = points.filter(({ index }) => index !== undefined).at(-1);
  return (
    <>
      {last?.band && (
        <p class="now"><i class={`band ${last.band}`} aria-hidden="true" />
          {text("page_app_course_now", { index: number(last.index!), band: text(BANDS[last.band]) })}</p>
      )}
      <p class="quiet">{text("page_app_course_lead")}</p>
    </>
  );
}

function Legend({ bands: [raised, high], baseline }: { bands: [number, number]; baseline?: number }) {
  const ends = { calm: `0–${raised - 1}`, raised: `${raised}–${high - 1}`, high: `${high}–100` };
  return (
    <ul class="legend">
      {(Object.keys(BANDS) as Band[]).map((band) => (
        <li key={band}><i class={`band ${band}`} aria-hidden="true" />{text(BANDS[band])}, {ends[band]}</li>
      ))}
      {baseline !== undefined && (
        <li><i class="dashes" aria-hidden="true" />{text("page_app_baseline", { baseline: number(baseline) })}</li>
      )}
    </ul>
  );
}

function strain(load?: number | null): string {
  return load == null ? "–" : number(load * 100);
}

function Table({ points, hasStrain, from, to, onDay }: {
  points: Point[]; hasStrain: boolean; from: string; to: string; onDay: (day: string) => void;
}) {
  return (
    <div class="wide">
      <table>
        <caption>{text(hasStrain ? "page_app_chart" : "page_app_mood_chart", { from: longDate(from), to: longDate(to) })}</caption>
        <thead>
          <tr>
            <th scope="col">{text("page_app_day")}</th>
            {hasStrain && <th scope="col">{text("page_app_load")}</th>}
            {hasStrain && <th scope="col">{text("page_app_index")}</th>}
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
              {hasStrain && <td>{strain(load)}</td>}
              {hasStrain && <td>{index === undefined ? "–" : number(index)}{band && `, ${text(BANDS[band])}`}</td>}
              <td>{rating === null ? "–" : number(rating, 1)}</td>
              <td>{check_ins}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
