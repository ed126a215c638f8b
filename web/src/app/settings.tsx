import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Opened, Settings as Chosen } from "../api";
import { api, Outcome, useWrite } from "./answers";
import { FACTORS } from "./day";
import { hour, text, upper, weekday } from "./texts";

const HOURS = Array.from({ length: 24 }, (_, n) => [String(n), hour(n)] as const);
const DAYS = [0, 1, 2, 3, 4, 5, 6];
const THEMES = ["light", "dark"] as const;

export function Settings({ known, onSettings }: { known: Opened; onSettings: (settings: Chosen) => void }) {
  const [written, write] = useWrite();
  const [draft, setDraft] = useState<Partial<Chosen>>({}); // chosen and not yet written: it goes along with the next choice
  const newest = useRef(draft);
  const settings = { ...known.settings, ...draft };
  const change = (changed: Partial<Chosen>) => {
    const all = { ...newest.current, ...changed };
    setDraft(newest.current = all);
    write(async () => {
      onSettings(await api.settings(all));
      if (newest.current === all) setDraft(newest.current = {});
    });
  };
  return (
    <>
      <div class="card form">
        <Check on={settings.reports} onChange={(reports) => change({ reports })}>{text("page_app_reports")}</Check>
        <Select label={text("settings_button_weekday")} value={String(settings.report_weekday)}
          options={DAYS.map((n) => [String(n), upper(weekday(n, "long"))] as const)} onChange={(day) => change({ report_weekday: Number(day) })} />
        <Hour label={text("settings_button_hour")} value={settings.report_hour} onChange={(report_hour) => change({ report_hour })} />
        <Select label={text("settings_button_reminder")} value={String(settings.reminder_hour ?? "")}
          options={[["", text("settings_no_reminder")], ...HOURS]}
          onChange={(at) => change({ reminder_hour: at === "" ? null : Number(at) })} />
        <Hour label={text("page_app_quiet_from")} value={settings.quiet_from} onChange={(quiet_from) => change({ quiet_from })} />
        <Hour label={text("page_app_quiet_to")} value={settings.quiet_to} onChange={(quiet_to) => change({ quiet_to })} />
        <Check on={settings.alerts} onChange={(alerts) => change({ alerts })}>
          {text("settings_button_alerts")}<small>{text("page_app_alerts_what")}</small>
        </Check>
        <Zone value={settings.time_zone} onChange={(time_zone) => change({ time_zone })} />
        <Select label={text("settings_button_language")} value={settings.language} options={[["en", "English"], ["ru", "Русский"]]}
          onChange={(language) => change({ language: language as Chosen["language"] })} />
        <Select label={text("settings_button_theme")} value={settings.theme}
          options={THEMES.map((theme) => [theme, text(`settings_theme_${theme}`)] as const)}
          onChange={(theme) => change({ theme: theme as Chosen["theme"] })} />
      </div>
      <Shows hidden={settings.hidden_factors} onChange={(hidden_factors) => change({ hidden_factors })} />
      <Outcome of={written} />
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
  const [written, write] = useWrite();
  const number = useRef(0); // of the first tap: what is repeated until it is answered is one export
  const ask = () => {
    if (written.state !== "busy" && written.state !== "failed") number.current = Date.now();
    write(() => api.export(number.current));
  };
  return (
    <section class="card">
      <h2>{text("page_app_export")}</h2>
      <p>{text("page_app_export_what")}</p>
      <button type="button" class="main" disabled={written.state === "busy"} onClick={ask}>{text("page_app_export_ask")}</button>
      <Outcome of={written} kept={text("page_app_export_asked")} />
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
  const names = [...new Set([...(value ? [value] : []), here, ...Intl.supportedValuesOf("timeZone")])];
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
