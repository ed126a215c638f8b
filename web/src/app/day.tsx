import type { Ref } from "preact";
import { useContext } from "preact/hooks";
import type { DayOf, Fact, Factor, Opened, Told } from "../api";
import { api, Shown, useAnswer, useToday } from "./answers";
import { Button } from "./button";
import { between, KEPT_DAYS, plus } from "./dates";
import { longDate, text, upper } from "./texts";
import { Writing } from "./writes";

export const BACK_DAYS = 7; // how far back a day can be told; the server decides
export const FACTORS: Factor[] = [
  "overload", "overtime", "conflict", "no_say", "no_thanks", "illness", "care", "exercise", "rest", "people", "outdoors", "finished",
];
const FIVE = [1, 2, 3, 4, 5] as const;

type Props = { head: Ref<HTMLHeadingElement>; day: string; known: Opened; onDay: (day: string | null) => void };

export function DayView({ head, day, known: { today }, onDay }: Props) {
  const answer = useAnswer(() => api.day(day), [day], { round: useContext(Writing).repeated });
  useToday(answer.value?.day.today);
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => onDay(null)}>{text("page_app_back")}</button>
        <Button aria-label={longDate(plus(day, -1))} off={between(day, today) >= KEPT_DAYS - 1} onClick={() => onDay(plus(day, -1))}>←</Button>
        <Button aria-label={longDate(plus(day, 1))} off={day >= today} onClick={() => onDay(plus(day, 1))}>→</Button>
      </div>
      <h1 ref={head} tabIndex={-1}>{day === today && `${text("page_app_today")}, `}{day === today ? longDate(day) : upper(longDate(day))}</h1>
      <Shown answer={answer}>
        {(value) => <Facts key={day} of={value} onTold={(told) => answer.set((last) => ({ ...last, day: told }))} />}
      </Shown>
    </>
  );
}

const TITLES = { rating: "page_app_mood", energy: "button_energy", sleep: "button_sleep" } as const;

function Facts({ of: { day: told, check_ins, goes_with }, onTold }: { of: DayOf; onTold: (told: Told) => void }) {
  const { put } = useContext(Writing);
  const ago = between(told.day, told.today);
  const isTold = ago <= BACK_DAYS;
  const say = (fact: Fact, value: number) => put(`${told.day} ${fact}`, {
    name: `${upper(longDate(told.day))}: ${text(fact in TITLES ? TITLES[fact as keyof typeof TITLES] : `factor_${fact as Factor}`)}`,
    write: async () => onTold(await api.tell(told.day, fact, value)),
  });
  const scale = { told, say, disabled: !isTold };
  return (
    <>
      {(check_ins.length > 0 || told.rating === null) && <CheckIns of={check_ins} />}
      {goes_with.length > 0 && (
        <section class="card">
          <h2>{text("page_app_goes_with")}</h2>
          {goes_with.map((sentence) => <p key={sentence}>{sentence}</p>)}
        </section>
      )}
      {!isTold && <p class="card">{text("day_too_old")}</p>}
      {ago === 0
        ? <p class="card">{text("page_app_rate_today")}</p>
        : <Scale {...scale} fact="rating" title={text("page_app_rate_day")} hint={text("page_app_scale")} labels={FIVE.map(String)} />}
      <Scale {...scale} fact="energy" title={text("button_energy")} hint={text("page_app_energy_scale")} labels={FIVE.map(String)} />
      <Scale {...scale} fact="sleep" title={text("button_sleep")} labels={[text("sleep_1"), text("sleep_2"), text("sleep_3")]} />
      <Factors {...scale} />
      {isTold && <p class="quiet">{text("page_app_take_back")}</p>}
    </>
  );
}

const SIDES = {
  positive: "page_app_side_positive", negative: "page_app_side_negative", unsure: "page_app_side_unsure",
} as const;

function CheckIns({ of }: { of: DayOf["check_ins"] }) {
  if (of.length === 0) return <p class="card">{text("page_app_no_check_ins")}</p>;
  return (
    <ul class="card check-ins" aria-label={text("page_app_check_ins")}>
      {of.map(({ at, rating, side }, n) => (
        <li key={n}>
          {rating === null
            ? text("page_app_check_in_photo", { time: at })
            : text("page_app_check_in", { time: at, rating, word: text(`rating_word_${rating as 1 | 2 | 3 | 4 | 5}`) })}
          {side && <small>{text(SIDES[side])}</small>}
        </li>
      ))}
    </ul>
  );
}

// disabled: it is too late to tell, and what was told is shown alone
type Say = { told: Told; say: (fact: Fact, value: number) => void; disabled: boolean };

function Scale({ told, say, disabled, fact, title, hint, labels }: Say & {
  fact: "rating" | "energy" | "sleep"; title: string; hint?: string; labels: string[];
}) {
  if (disabled && told[fact] === null) return null;
  return (
    <fieldset class="card">
      <legend>{title}</legend>
      {hint && <p class="quiet">{hint}</p>}
      <div class="row">
        {labels.map((label, n) => (!disabled || told[fact] === n + 1) && (
          <button key={label} type="button" disabled={disabled} aria-pressed={told[fact] === n + 1}
            onClick={() => say(fact, told[fact] === n + 1 ? 0 : n + 1)}>{label}</button>
        ))}
      </div>
    </fieldset>
  );
}

function Factors({ told, say, disabled }: Say) {
  const offered = FACTORS.filter((factor) => told.factors.includes(factor) || !(disabled || told.hidden_factors.includes(factor)));
  if (offered.length === 0) return null;
  return (
    <fieldset class="card">
      <legend>{text("page_app_factors")}</legend>
      <div class="factors">
        {offered.map((factor) => {
          const isPressed = told.factors.includes(factor);
          return (
            <button key={factor} type="button" disabled={disabled} aria-pressed={isPressed}
              onClick={() => say(factor, isPressed ? 0 : 1)}>{text(`factor_${factor}`)}</button>
          );
        })}
      </div>
    </fieldset>
  );
}
