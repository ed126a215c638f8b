// The chat page's two tabs are two pages of one address: the browser's tab keeps the token, so a link is enough.
import "./tabs.css";

const TABS = { chat: ["/", "page_tab_chat"], days: ["/app", "page_tab_days"] } as const;
type Name = keyof typeof TABS;
type Say = (key: "page_tabs" | (typeof TABS)[Name][1]) => string;

// `isStuck`: nothing would answer there now.
export function Tabs({ at, say, isStuck = false }: { at: Name; say: Say; isStuck?: boolean }) {
  return (
    <nav class="tabs" aria-label={say("page_tabs")}>
      {(Object.keys(TABS) as Name[]).map((name) => {
        const [address, key] = TABS[name];
        if (name !== at && isStuck) return <a key={name} role="link" aria-disabled="true">{say(key)}</a>;
        return <a key={name} href={address} aria-current={name === at ? "page" : undefined}>{say(key)}</a>;
      })}
    </nav>
  );
}
