import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Course } from "../api";
import { dateOf, dayOf, plus } from "./dates";
import { date, longDate, text } from "./texts";
import { colour } from "./theme";

const HEIGHT = 260;
const seconds = (day: string) => dateOf(day).getTime() / 1000;
const dayAt = (at: number) => dayOf(new Date(Math.round(at / 86_400) * 86_400_000));

type Props = {
  course: Course; from: string; to: string; dress: number; onDay: (day: string) => void; onPart: (from: string, to: string) => void;
};

// A picture of the course. A tap opens a day, a part that is drawn over becomes the whole. The table says the same.
export function Chart({ course, from, to, dress, onDay, onPart }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const window = useRef({ from, to, onDay, onPart });
  window.current = { from, to, onDay, onPart };
  useEffect(() => {
    const drawn = new uPlot(optionsOf(course, place.current!.clientWidth, window), dataOf(course), place.current!);
    plot.current = drawn;
    const watch = new ResizeObserver(([entry]) => drawn.setSize({ width: entry!.contentRect.width, height: HEIGHT }));
    watch.observe(place.current!);
    return () => { watch.disconnect(); drawn.destroy(); };
  }, [course, dress]);
  useEffect(() => plot.current?.setScale("x", range(from, to)), [from, to, course, dress]);
  return <div ref={place} class="chart" role="img" aria-label={text(course.bands ? "page_app_chart" : "page_app_mood_chart", { from: longDate(from), to: longDate(to) })} />;
}

function range(from: string, to: string): { min: number; max: number } {
  return { min: seconds(plus(from, -1)), max: seconds(plus(to, 1)) };
}

// Days without anything are in it, so that no line bridges them.
function dataOf({ days, bands }: Course): uPlot.AlignedData {
  const known = new Map(days.map((point) => [point.day, point]));
  const all: string[] = [];
  for (let day = days[0]!.day; day <= days.at(-1)!.day; day = plus(day, 1)) all.push(day);
  return [
    all.map(seconds),
    all.map((day) => known.get(day)?.index ?? null),
    all.map((day) => {
      const { load = null, rating = null } = known.get(day) ?? {};
      return bands ? load && load * 100 : rating;
    }),
  ];
}

type Window = { current: Pick<Props, "from" | "to" | "onDay" | "onPart"> };

function optionsOf(course: Course, width: number, window: Window): uPlot.Options {
  const quiet = colour("quiet");
  const axis = { stroke: quiet, grid: { show: false }, ticks: { stroke: colour("line"), size: 4 }, font: "12px sans-serif" };
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 24, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false, dist: 8 }, bind: { dblclick: () => null } },
    scales: { x: { time: true, range: () => { const { min, max } = range(window.current.from, window.current.to); return [min, max]; } }, y: { range: course.bands ? [0, 100] : [0.5, 5.5] } },
    axes: [
      { ...axis, space: 64, size: 30, incrs: [1, 2, 7, 14, 28, 61, 91].map((days) => days * 86_400),
        values: (_, marks) => marks.map((at) => date(dayAt(at), { day: "numeric", month: "short" })) },
      { ...axis, size: 36, splits: () => (course.bands ? [0, 20, 40, 60, 80, 100] : [1, 2, 3, 4, 5]) },
    ],
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    series: [
      {},
      { stroke: colour("accent"), width: 2.5, spanGaps: true, points: { show: false } },
      { stroke: quiet, paths: () => null, points: { show: true, size: 6, fill: quiet } },
    ],
    hooks: { drawClear: [(drawn) => drawBands(drawn, course)], setSelect: [(drawn) => part(drawn, window)], ready: [(drawn) => taps(drawn, window)] },
  };
}

function drawBands(drawn: uPlot, { bands, baseline }: Course): void {
  if (!bands) return;
  const [raised, high] = bands;
  const { ctx, bbox: { left, width } } = drawn;
  const at = (value: number) => drawn.valToPos(value, "y", true);
  ctx.save();
  for (const [name, low, top] of [["calm", 0, raised], ["raised", raised, high], ["high", high, 100]] as const) {
    ctx.fillStyle = colour(`${name}-back`);
    ctx.fillRect(left, at(top), width, at(low) - at(top));
  }
  if (baseline !== undefined) {
    ctx.strokeStyle = colour("quiet");
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left, at(baseline));
    ctx.lineTo(left + width, at(baseline));
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

function taps(drawn: uPlot, window: Window): void {
  let down = 0;
  drawn.over.addEventListener("pointerdown", ({ clientX }) => { down = clientX; });
  drawn.over.addEventListener("click", ({ clientX }) => {
    const at = drawn.data[0]?.[drawn.cursor.idx ?? -1];
    if (at !== undefined && Math.abs(clientX - down) < 8) window.current.onDay(dayAt(at));
  });
}
