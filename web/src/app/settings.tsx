import type { ComponentChildren } from "preact";
import { useContext, useReducer, useRef } from "preact/hooks";
import type { Opened, Settings as Chosen } from "../api";
import { api, troubleOf } from "./answers";
import { Button } from "./button";
import { FACTORS } from "./day";
import { hour, text, upper, weekday } from "./texts";
import { Writing } from "./writes";

const HOURS = Array.from({ length: 24 }, (_, n) => [String(n), hour(n)] as const);
const DAYS = [0, 1, 2, 3, 4, 5, 6];
const THEMES = ["light", "dark"] as const;

const SCHEDULED = ["report_weekday", "report_hour", "reminder_hour", "reports"]; // refused without a zone

// A reminder then could never come. Equal bounds are no quiet hours.
function isQuiet(hour: number, { quiet_from: from, quiet_to: to }: Chosen): boolean {
  return from <= to ? from <= hour && hour < to : hour >= from || hour < to;
}

// What is chosen and not yet written: it goes along with the next choice.
export type Draft = { chosen: Partial<Chosen>; keep: (chosen: Partial<Chosen>) => void };

function only(chosen: Partial<Chosen>, has: (key: keyof Chosen) => boolean): Partial<Chosen> {
  return Object.fromEntries(Object.entries(chosen).filter(([key]) => has(key as keyof Chosen)));
}

// Without what has been chosen anew since.
function drop(draft: Draft, sent: Partial<Chosen>): void {
  draft.keep(only(draft.chosen, (key) => draft.chosen[key] !== sent[key]));
}

export function useDraft(): Draft {
  const [, draw] = useReducer((n: number, _: void) => n + 1, 0);
  const draft = useRef<Draft>({ chosen: {}, keep: (chosen) => { draft.current.chosen = chosen; draw(); } });
  return draft.current;
}

type Props = { known: Opened; draft: Draft; onSettings: (settings: Chosen) => void };

export function Settings({ known, draft, onSettings }: Props) {
  const { put } = useContext(Writing);
  const settings = { ...known.settings, ...draft.chosen };
  const change = (changed: Partial<Chosen>) => {
    const all = { ...draft.chosen, ...changed };
    draft.keep(all);
    const reminder = settings.reminder_hour;
    let sent = changed;
    const body = () => {
      const hasZone = known.settings.time_zone !== null || "time_zone" in all;
      const waits = (key: keyof Chosen) => draft.chosen[key] === all[key] && (hasZone || !SCHEDULED.includes(key));
      return sent = { ...only(all, waits), ...changed }; // what was refused meanwhile stays out
    };
    const write = async () => {
      try {
        const now = await api.settings(body);
        onSettings(now);
        drop(draft, sent);
        if (reminder === null || now.reminder_hour !== null || "reminder_hour" in sent) return;
        return text("settings_noted_reminder_off", { hour: hour(reminder) }); // by quiet hours that cover it
      } catch (error) {
        if (["bad", "quiet"].includes(troubleOf(error))) drop(draft, sent);
        throw error;
      }
    };
    put("settings", { name: text("page_app_settings"), write, drop: () => draft.keep({}) });
  };
  return (
    <>
      <div class="card form">
        <Check on={settings.reports} onChange={(reports) => change({ reports })}>{text("page_app_reports")}</Check>
        <Select label={text("settings_button_weekday")} value={String(settings.report_weekday)}
          options={DAYS.map((n) => [String(n), upper(weekday(n, "long"))] as const)} onChange={(day) => change({ report_weekday: Number(day) })} />
        <Hour label={text("settings_button_hour")} value={settings.report_hour} onChange={(report_hour) => change({ report_hour })} />
        <Select label={text("settings_button_reminder")} value={String(settings.reminder_hour ?? "")}
          options={[["", text("settings_none")], ...HOURS.filter(([at]) => at === String(settings.reminder_hour) || !isQuiet(Number(at), settings))]}
          onChange={(at) => change({ reminder_hour: at === "" ? null : Number(at) })} />
        <Hour label={text("page_app_quiet_from")} value={settings.quiet_from} onChange={(quiet_from) => change({ quiet_from })} />
        <Hour label={text("page_app_quiet_to")} value={settings.quiet_to} onChange={(quiet_to) => change({ quiet_to })} />
        <Check on={settings.alerts} onChange={(alerts) => change({ alerts })}>
          {text("page_app_alerts")}<small>{text("page_app_alerts_what")}</small>
        </Check>
        <Zone value={settings.time_zone} onChange={(time_zone) => change({ time_zone })} />
        <Select label={text("settings_button_language")} value={settings.language} options={[["en", "English"], ["ru", "Русский"]]}
          onChange={(language) => change({ language: language as Chosen["language"] })} />
        <Select label={text("page_app_theme")} value={settings.theme}
          options={THEMES.map((theme) => [theme, text(`settings_theme_${theme}`)] as const)}
          onChange={(theme) => change({ theme: theme as Chosen["theme"] })} />
      </div>
      <Shows hidden={settings.hidden_factors} onChange={(hidden_factors) => change({ hidden_factors })} />
      <Export />
    </>
  );
}

function Shows({ hidden, onChange }: { hidden: Chosen["hidden_factors"]; onChange: (hidden: Chosen["hidden_factors"]) => void }) {
  return (
    <fieldset class="card form">
      <legend>{text("page_app_shown_factors")}</legend>
      {FACTORS.map((factor) => (
        <Check key={factor} on={!hidden.includes(factor)}
          onChange={(isShown) => onChange(FACTORS.filter((each) => (each === factor ? !isShown : hidden.includes(each))))}>
          {text(`factor_${factor}`)}
        </Check>
      ))}
    </fieldset>
  );
}

function Export() {
  const { put, waiting } = useContext(Writing);
  const ask = () => put("export", {
    name: text("page_app_export"), write: async () => { await api.export(); return text("page_app_export_asked"); },
  });
  return (
    <section class="card">
      <h2>{text("page_app_export")}</h2>
      <p>{text("page_app_export_what")}</p>
      <Button class="main" off={waiting > 0} onClick={ask}>{text("page_app_export_ask")}</Button>
    </section>
  );
}

type Options = (readonly [string, string])[];

function Select({ label, value, options, onChange }: {
  label: string; value: string; options: Options; onChange: (value: string) => void;
}) {
  return (
    <label><span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([key, name]) => <option key={key} value={key} selected={key === value}>{name}</option>)}
      </select>
    </label>
  );
}

function Hour({ label, value, onChange }: { label: string; value: number; onChange: (hour: number) => void }) {
  return <Select label={label} value={String(value)} options={HOURS} onChange={(at) => onChange(Number(at))} />;
}

function Zone({ value, onChange }: { value: string | null; onChange: (zone: string) => void }) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = [...new Set([...(value ? [value] : []), here, ...Intl.supportedValuesOf("timeZone")])].filter((name) => name.includes("/"));
  const none: Options = value ? [] : [["", text("page_app_zone_none")]];
  return (
    <Select label={text("settings_button_zone")} value={value ?? ""} onChange={(zone) => zone && onChange(zone)}
      options={[...none, ...names.map((name) => [name, name.replaceAll("_", " ")] as const)]} />
  );
}

function Check({ on, onChange, children }: { on: boolean; onChange: (on: boolean) => void; children: ComponentChildren }) {
  return (
    <label class="check"><span>{children}</span>
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    </label>
  );
}
