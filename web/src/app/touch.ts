// Fingers on the chart: one moves the time, two bring days closer and further away. Up and down stays the page's.
import type uPlot from "uplot";

export type Span = { min: number; max: number };
type Finger = { began: { clientX: number; clientY: number }; x: number; at: number }; // x: a share of the width; at: the moment it holds

const SLOP_PX = 8; // less is a tap

// `fits` keeps a span within what there is, around a moment at a share of it; `shows` draws it; null: as before.
export function fingers(
  drawn: uPlot, fits: (width: number, moment: number, share: number) => Span, shows: (span: Span | null, isOver: boolean) => void,
): void {
  const { over } = drawn;
  const down = new Map<number, Finger>();
  let span: Span | null = null;
  const share = ({ clientX }: PointerEvent) => (clientX - over.getBoundingClientRect().left) / over.clientWidth;
  const hold = () => {
    const { min, max } = drawn.scales.x as Span;
    for (const finger of down.values()) finger.at = min + finger.x * (max - min);
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || down.size === 2) return;
    down.set(event.pointerId, { began: event, x: share(event), at: 0 });
    hold();
  });
  over.addEventListener("pointermove", (event) => {
    const finger = down.get(event.pointerId);
    if (!finger) return;
    finger.x = share(event);
    const [across, along] = [Math.abs(event.clientX - finger.began.clientX), Math.abs(event.clientY - finger.began.clientY)];
    if (!span && down.size < 2 && across < Math.max(SLOP_PX, along)) return;
    span = moved([...down.values()], drawn.scales.x as Span, fits);
    shows(span, false);
  });
  // Or the browser would let its own scrolling run on, and take the next tap for its end.
  over.addEventListener("touchmove", (event) => span && event.preventDefault(), { passive: false });
  const leave = ({ pointerId, type }: PointerEvent) => {
    if (!down.delete(pointerId)) return;
    hold();
    if (down.size > 0) return;
    if (span) shows(type === "pointerup" ? span : null, true);
    span = null;
  };
  over.addEventListener("pointerup", leave);
  over.addEventListener("pointercancel", leave);
}

// The span in which each finger still lies on its moment.
function moved(held: Finger[], { min, max }: Span, fits: (width: number, moment: number, share: number) => Span): Span {
  const [one, other = one] = held as [Finger, Finger?];
  const stretched = (other.at - one.at) / (other.x - one.x);
  const width = stretched > 0 && Number.isFinite(stretched) ? stretched : max - min;
  return fits(width, (one.at + other.at) / 2, (one.x + other.x) / 2);
}
