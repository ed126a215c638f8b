import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Course } from "../api";
import { between, dateOf, dayOf, plus } from "./dates";
import { date, period, text } from "./texts";
import { colour } from "./theme";
import { fingers, type Span } from "./touch";

const HEIGHT = 260;
const DAY_S = 86_400;
const GAP_DAYS = 3; // from one day with an index to the next; over more than that the line is broken, as in the bot's picture
const LONG_GAP_DAYS = 7;
const LONG_DAYS = 120;
export const LEAST_DAYS = 4; // no part is shorter
const seconds = (day: string) => dateOf(day).getTime() / 1000;
const dayAt = (at: number) => dayOf(new Date(Math.round(at / DAY_S) * DAY_S * 1000));

type Props = {
  course: Course; from: string; to: string; earliest: string; today: string; dress: number;
  onDay: (day: string) => void; onPart: (from: string, to: string) => void;
};
type Window = { current: Omit<Props, "course" | "dress"> & { live: Span | null } }; // live: while fingers move it

// A picture of the course. A tap opens a day, a part that is drawn over becomes the whole. The table says the same.
export function Chart({ course, dress, ...props }: Props) {
  const { from, to } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const window = useRef({ ...props, live: null as Span | null });
  window.current = { ...props, live: window.current.live };
  const gap = between(from, to) < LONG_DAYS ? GAP_DAYS : LONG_GAP_DAYS;
  useEffect(() => {
    const data = dataOf(course, gap);
    const drawn = new uPlot(optionsOf(course, { alone: alone(data[1]), size: gap === GAP_DAYS ? 6 : 3 }, place.current!.clientWidth, window), data, place.current!);
    plot.current = drawn;
    const watch = new ResizeObserver(([entry]) => drawn.setSize({ width: entry!.contentRect.width, height: HEIGHT }));
    watch.observe(place.current!);
    return () => { watch.disconnect(); drawn.destroy(); };
  }, [course, dress, gap]);
  useEffect(() => plot.current?.setScale("x", spanOf(from, to)), [from, to, course, dress, gap]);
  return <div ref={place} class="chart" role="img" aria-label={text("page_app_chart", { period: period(from, to) })} />;
}

// Half a day is left free at both ends.
function spanOf(from: string, to: string): Span {
  return { min: seconds(from) - DAY_S / 2, max: seconds(to) + DAY_S / 2 };
}

type Line = (number | null | undefined)[]; // null breaks a line, undefined does not

// Every day is in it, so that the line breaks where there was nothing for long.
function dataOf({ days }: Course, gap: number): [number[], Line, Line] {
  const known = new Map(days.map((point) => [point.day, point]));
  const all: string[] = [];
  for (let day = days[0]!.day; day <= days.at(-1)!.day; day = plus(day, 1)) all.push(day);
  const line: Line = all.map((day) => known.get(day)?.index ?? null);
  for (let at = 0, last = -Infinity; at < line.length; at++) {
    if (line[at] === null) continue;
    if (at - last <= gap) line.fill(undefined, last + 1, at);
    last = at;
  }
  const marks: Line = all.map((day) => {
    const load = known.get(day)?.load ?? null;
    return load && load * 100;
  });
  return [all.map(seconds), line, marks];
}

// Where the line is one day long: a point.
function alone(line: Line): number[] {
  const isEnd = (at: number) => at < 0 || at === line.length || line[at] === null;
  return line.flatMap((each, at) => (each != null && isEnd(at - 1) && isEnd(at + 1) ? [at] : []));
}

type Points = { alone: number[]; size: number };

function optionsOf(course: Course, { alone, size }: Points, width: number, window: Window): uPlot.Options {
  const [quiet, accent] = [colour("quiet"), colour("accent")];
  const axis = { stroke: quiet, grid: { show: false }, ticks: { stroke: colour("line"), size: 4 }, font: "12px sans-serif" };
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 24, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false, dist: 8 }, bind: { dblclick: () => null } },
    scales: {
      x: { time: true, range: () => { const { live, from, to } = window.current, { min, max } = live ?? spanOf(from, to); return [min, max]; } },
      y: { range: [0, 100] },
    },
    axes: [
      { ...axis, space: 64, size: 30, incrs: [1, 2, 7, 14, 28, 61, 91].map((days) => days * DAY_S),
        values: (_, marks) => marks.map((at) => date(dayAt(at), { day: "numeric", month: "short" })) },
      { ...axis, size: 36, splits: () => [0, 20, 40, 60, 80, 100] },
    ],
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    series: [
      {},
      { stroke: accent, width: 2.5, points: { show: false, filter: () => alone, size: size + 4, fill: accent } },
      { stroke: quiet, paths: () => null, points: { show: true, size, fill: quiet } },
    ],
    hooks: {
      drawClear: [(drawn) => drawBands(drawn, course)],
      setSelect: [(drawn) => part(drawn, window)],
      ready: [(drawn) => { taps(drawn, window); touches(drawn, window); }],
    },
  };
}

function drawBands(drawn: uPlot, { bands: [raised, high], beginning }: Course): void {
  const { ctx, bbox: { left, width } } = drawn;
  const at = (value: number) => drawn.valToPos(value, "y", true);
  ctx.save();
  for (const [name, low, top] of [["calm", 0, raised], ["raised", raised, high], ["high", high, 100]] as const) {
    ctx.fillStyle = colour(`${name}-back`);
    ctx.fillRect(left, at(top), width, at(low) - at(top));
  }
  if (beginning !== null) {
    ctx.strokeStyle = colour("quiet");
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left, at(beginning));
    ctx.lineTo(left + width, at(beginning));
    ctx.stroke();
  }
  ctx.restore();
}

function part(drawn: uPlot, window: Window): void {
  const { left, width } = drawn.select;
  if (width < 8) return;
  const days = [left, left + width].map((x) => dayAt(drawn.posToVal(x, "x"))) as [string, string];
  drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (days[0] < days[1]) window.current.onPart(...days);
}

function touches(drawn: uPlot, window: Window): void {
  const fits = (width: number, moment: number, share: number): Span => {
    const all = spanOf(window.current.earliest, window.current.today);
    const fit = Math.min(Math.max(width, LEAST_DAYS * DAY_S), all.max - all.min);
    const min = Math.min(Math.max(moment - share * fit, all.min), all.max - fit);
    return { min, max: min + fit };
  };
  fingers(drawn, fits, (span, isOver) => {
    window.current.live = isOver ? null : span;
    drawn.setScale("x", span ?? spanOf(window.current.from, window.current.to));
    if (span && isOver) window.current.onPart(dayAt(span.min + DAY_S / 2), dayAt(span.max - DAY_S / 2));
  });
}

function taps(drawn: uPlot, window: Window): void {
  let down = 0;
  drawn.over.addEventListener("pointerdown", ({ clientX }) => { down = clientX; });
  drawn.over.addEventListener("click", ({ clientX }) => {
    const at = drawn.data[0]?.[drawn.cursor.idx ?? -1];
    if (at !== undefined && Math.abs(clientX - down) < 8) window.current.onDay(dayAt(at));
  });
}
