import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { Icon } from "../icons";
import { Tabs } from "../tabs";
import { speak, text } from "../texts";
import { Camera } from "./camera";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { Forget } from "./forget";
import { History } from "./history";

type Opened = "camera" | "forget" | undefined;

export function Page() {
  const [, draw] = useReducer((n: number, _: void) => n + 1, 0);
  const conversation = useMemo(() => new Conversation(draw as () => void), []);
  const [opened, open] = useState<Opened>();
  const { door, offline, notices, outgoing, language } = conversation.state;
  useEffect(() => {
    speak(language);
    const follow = () => void conversation.follow();
    const again = () => conversation.askNow();
    follow();
    addEventListener("hashchange", follow); // a new key was pasted into the same tab
    addEventListener("online", again);
    return () => {
      removeEventListener("hashchange", follow);
      removeEventListener("online", again);
    };
  }, []);
  const isSending = outgoing.length > 0;
  useEffect(() => {
    const hold = (event: Event) => event.preventDefault();
    if (isSending) addEventListener("beforeunload", hold); // the browser asks whether to leave
    return () => removeEventListener("beforeunload", hold);
  }, [isSending]);
  const close = () => open(undefined);
  if (door === "closed" || door === "forgotten") return <End door={door} />;
  return (
    <Drop onFiles={(files) => conversation.sendFiles(files)}>
      <Tabs at="chat" say={text} isStuck={offline} />
      <header class="bar">
        <img src={new URL("../icon.svg", import.meta.url).href} alt="" width="36" height="36" />
        <div>
          <h1>{text("page_title")}</h1>
          <p>{text("page_private")}</p>
        </div>
        <button type="button" class="plain danger" onClick={() => open("forget")}><Icon name="bin" /><span>{text("page_forget")}</span></button>
      </header>
      <main>
        <History conversation={conversation} />
        <div class="notices" role="status">{notices.map(({ n, text: words }) => <p key={n}>{words}</p>)}</div>
        <div role="alert">{offline && (
          <p class="offline">
            {text("page_offline")} <button type="button" onClick={() => conversation.askNow()}>{text("page_retry")}</button>
          </p>
        )}</div>
        <Composer conversation={conversation} onCamera={() => open("camera")} />
      </main>
      {opened === "camera" && <Camera onClose={close} onPhoto={(photo) => conversation.sendFiles([photo])} />}
      {opened === "forget" && <Forget conversation={conversation} onClose={close} />}
    </Drop>
  );
}

function End({ door }: { door: "closed" | "forgotten" }) {
  const [title, how] = door === "closed"
    ? [text("page_closed"), text("page_closed_how")]
    : [text("page_forgotten"), text("page_forgotten_how")];
  return <main class="end"><div role="alert"><h1>{title}</h1><p>{how}</p></div></main>;
}

function Drop({ onFiles, children }: { onFiles: (files: Iterable<File>) => void; children: preact.ComponentChildren }) {
  const [over, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const hold = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(false);
    onFiles(event.dataTransfer?.files ?? []);
  };
  return (
    <div class="page" onDragEnter={hold} onDragOver={hold} onDragLeave={leave} onDrop={drop}>
      {children}
      {over && <div class="drop" aria-hidden="true">{text("page_drop")}</div>}
    </div>
  );
}
