import type { MonthDay, Opened } from "../api";
import { api, type Held, Shown, useAnswer, useToday } from "./answers";
import { Button } from "./button";
import { BACK_DAYS } from "./day";
import { between, KEPT_DAYS, month, plus, weeks } from "./dates";
import { date, longDate, number, text, upper, weekday } from "./texts";

export type Months = Awaited<ReturnType<typeof api.month>>;
type Props = { known: Opened; held: Held<Months>; first: string; go: (month: string) => void; onDay: (day: string) => void };

export function Calendar({ known: { today, first_day }, held, first, go, onDay }: Props) {
  const answer = useAnswer(() => api.month(Math.min(between(first, today) + 1, KEPT_DAYS)), [first, today], { held });
  useToday(answer.value?.today);
  const name = upper(date(first, { month: "long", year: "numeric" }));
  const begins = month([first_day ?? today, plus(today, -BACK_DAYS)].sort()[0]!); // what can still be told
  return (
    <div class="card">
      <div class="row month">
        <Button aria-label={text("page_app_earlier")} off={first <= begins} onClick={() => go(month(first, -1))}>←</Button>
        <h2 aria-live="polite">{name}</h2>
        <Button aria-label={text("page_app_later")} off={first >= month(today)} onClick={() => go(month(first, 1))}>→</Button>
      </div>
      <Shown answer={answer}>
        {({ days }) => <Month name={name} first={first} today={today} days={new Map(days.map((each) => [each.day, each]))} onDay={onDay} />}
      </Shown>
      <p class="quiet how">{text("page_app_calendar_lead")}</p>
    </div>
  );
}

type MonthProps = { name: string; first: string; today: string; days: Map<string, MonthDay>; onDay: (day: string) => void };

function Month({ name, first, today, days, onDay }: MonthProps) {
  return (
    <table class="calendar" aria-label={name}>
      <thead>
        <tr>{[0, 1, 2, 3, 4, 5, 6].map((n) => <th key={n} scope="col" abbr={weekday(n, "long")}>{weekday(n, "short")}</th>)}</tr>
      </thead>
      <tbody>
        {weeks(first).map((week) => (
          <tr key={week.find(Boolean)}>
            {week.map((day, n) => (
              <td key={n}>{day && (day > today
                ? <span class="cell later">{Number(day.slice(8))}</span>
                : <Cell day={day} told={days.get(day)} isToday={day === today} onDay={onDay} />)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ day, told, isToday, onDay }: { day: string; told?: MonthDay; isToday: boolean; onDay: (day: string) => void }) {
  const mood = told && told.ratings > 0 ? told.rating_sum / told.ratings : null;
  const said = told && {
    day: longDate(day), check_ins: told.check_ins, mood: mood === null ? text("page_app_nothing") : number(mood, 1),
  };
  return (
    <button type="button" class={`cell${mood === null ? "" : ` mood-${Math.round(mood)}`}`} aria-current={isToday ? "date" : undefined}
      onClick={() => onDay(day)} onKeyDown={step}>
      <span class="sr">{said ? text("page_app_whole_day", said) : text("page_app_bare_day", { day: longDate(day) })}</span>
      <span aria-hidden="true">{Number(day.slice(8))}</span>
      <b aria-hidden="true">{mood !== null ? number(mood, 1) : told ? "•" : ""}</b>
    </button>
  );
}

// Arrows go from day to day as one sees them.
function step(event: KeyboardEvent): void {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const button = event.currentTarget as HTMLElement;
  const all = [...button.closest("table")!.querySelectorAll<HTMLElement>("button.cell")];
  all[all.indexOf(button) + by]?.focus();
}
