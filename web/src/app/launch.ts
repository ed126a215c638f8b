// What Telegram says in the page's address, and the few events that go between the two. Telegram's own script is not needed.
const WEB = "https://web.telegram.org";
const launched = new URLSearchParams(location.hash.slice(1));

// Signed by Telegram, checked by the server. Null: the page is not in Telegram, and a tab's token says whose it is.
export const initData = launched.get("tgWebAppData");

export type Colours = Record<string, string>;

function coloursOf(value: unknown): Colours {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, colour]) => typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour)));
}

export function launchColours(): Colours {
  try {
    return coloursOf(JSON.parse(launched.get("tgWebAppThemeParams") ?? "{}"));
  } catch {
    return {};
  }
}

type Event = "web_app_ready" | "web_app_expand" | "web_app_setup_back_button" | "web_app_setup_closing_behavior";
type Proxy = { postEvent(type: Event, data: string): void };

export function tell(type: Event, data: unknown = {}): void {
  const proxy = (window as { TelegramWebviewProxy?: Proxy }).TelegramWebviewProxy;
  if (proxy) proxy.postEvent(type, JSON.stringify(data));
  else if (parent !== window) parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), WEB);
}

// Telegram's apps call a global by its name, its web client posts a message.
export function listen(onColours: (colours: Colours) => void, onBack: () => void): void {
  const receiveEvent = (type: string, data: unknown) => {
    if (type === "theme_changed") onColours(coloursOf((data as { theme_params?: unknown } | null)?.theme_params));
    if (type === "back_button_pressed") onBack();
  };
  Object.assign(window, { Telegram: { WebView: { receiveEvent } }, TelegramGameProxy: { receiveEvent } });
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== WEB || typeof data !== "string") return;
    try {
      const { eventType, eventData } = JSON.parse(data) as { eventType: string; eventData: unknown };
      receiveEvent(eventType, eventData);
    } catch {
      // Not one of Telegram's events.
    }
  });
}
