// Telegram's colours where they can be read, the page's own where they cannot.
import type { Colours } from "./launch";

const ENOUGH = 4.5; // WCAG 2.2, 1.4.3
const OWN = {
  light: { ink: "#14181c", quiet: "#4d5b67", accent: "#17639a", danger: "#b3261e" },
  dark: { ink: "#f2f5f7", quiet: "#a9b8c6", accent: "#7cc0f4", danger: "#ff9d94" },
};

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

// The page's variables for Telegram's colours; none where its text cannot be read on its own background.
export function variables(given: Colours): Record<string, string> {
  const { bg_color: surface, text_color: ink } = given;
  const back = given.secondary_bg_color ?? surface;
  if (!surface || !ink || !back) return {};
  const reads = (colour?: string) => !!colour && [surface, back].every((on) => contrast(colour, on) >= ENOUGH);
  if (!reads(ink)) return {};
  const own = OWN[luminance(surface) < 0.18 ? "dark" : "light"];
  const first = (...colours: (string | undefined)[]) => colours.find(reads) ?? ink;
  const { button_color: button, button_text_color: label } = given;
  const accent = first(given.link_color, given.accent_text_color, own.accent);
  const main = button && label && contrast(button, label) >= ENOUGH ? [button, label] : [accent, surface];
  return {
    surface, back, ink, accent,
    quiet: first(given.hint_color, given.subtitle_text_color, own.quiet),
    danger: first(given.destructive_text_color, own.danger),
    main: main[0]!, "on-main": main[1]!,
    scheme: luminance(surface) < 0.18 ? "dark" : "light",
  };
}

export function wear(given: Colours): void {
  const root = document.documentElement;
  const { scheme, ...colours } = variables(given);
  root.removeAttribute("style");
  if (scheme) root.dataset.theme = scheme;
  else delete root.dataset.theme;
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--${name}`, colour);
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
