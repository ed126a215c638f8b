import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Button, Message } from "../api";
import { nodes, plain } from "../markup";
import { clock, day, text } from "../texts";
import type { Conversation, Outgoing } from "./conversation";
import { FileLink, Picture, Preview } from "./files";

export function History({ conversation }: { conversation: Conversation }) {
  const { door, messages, outgoing, typing } = conversation.state;
  const shown = [...messages.values()].sort((a, b) => a.id - b.id);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (outgoing.length) box.current?.scrollTo(0, 0); // the end, as it grows from below
  }, [outgoing.length]);
  const begin = () => {
    conversation.say("/start");
    box.current?.focus(); // the button goes
  };
  const isEmpty = door === "open" && !shown.length && !outgoing.length;
  return (
    <div ref={box} class="scroll" tabIndex={0} role="region" aria-label={text("page_conversation")}>
      <div class="log" role="log">
        {isEmpty && <Begin onBegin={begin} />}
        {shown.map((message, index) => (
          <Entry key={message.id} message={message} before={shown[index - 1]} conversation={conversation} />
        ))}
        {outgoing.map((each) => <Waiting key={`out${each.n}`} each={each} conversation={conversation} />)}
      </div>
      <div role="status" class="typing">{typing && <><span class="sr">{text("page_typing")}</span><Dots /></>}</div>
    </div>
  );
}

function Dots() {
  return <span class="bubble dots" aria-hidden="true"><i /><i /><i /></span>;
}

function Begin({ onBegin }: { onBegin: () => void }) {
  return <div class="begin"><p>{text("page_intro")}</p><button type="button" class="main" onClick={onBegin}>{text("page_begin")}</button></div>;
}

function Entry({ message, before, conversation }: { message: Message; before?: Message; conversation: Conversation }) {
  const box = useRef<HTMLDivElement>(null);
  const hadFocus = box.current?.contains(document.activeElement) ?? false;
  // An edit may take the button that was pressed away; a keyboard goes on from its message.
  useLayoutEffect(() => {
    if (hadFocus && !box.current?.contains(document.activeElement)) box.current?.focus();
  });
  const said = day(message.at);
  const inside = useMemo(() => nodes(message.html, (command) => conversation.say(command)), [message.html]);
  return (
    <>
      {said !== (before && day(before.at)) && <p class="day">{said}</p>}
      <div ref={box} class={message.mine ? "message mine" : "message"} tabIndex={-1} id={`m${message.id}`}>
        <div class={message.photo ? "bubble with-photo" : "bubble"}>
          <span class="sr">{text(message.mine ? "page_you" : "page_bot")} </span>
          <Quote of={conversation.state.messages.get(message.reply_to ?? -1)} />
          {message.photo && <Picture id={message.photo} isMine={message.mine} />}
          {message.file && <FileLink file={message.file} conversation={conversation} />}
          <div class="words" dir="auto">{inside}</div>
          <time dateTime={new Date(message.at * 1000).toISOString()}>{clock(message.at)}</time>
        </div>
        {message.rows?.map((row, index) => (
          <div class="row" key={index}>
            {row.map((button, place) => <Press key={place} button={button} message={message} conversation={conversation} />)}
          </div>
        ))}
      </div>
    </>
  );
}

function Quote({ of }: { of?: Message }) {
  if (!of) return null;
  const words = plain(of.html) || text(of.mine ? "page_own_picture" : "page_picture");
  const go = () => document.getElementById(`m${of.id}`)?.scrollIntoView({ block: "center" });
  return <button type="button" class="quote" aria-label={text("page_reply_to", { words: words.slice(0, 80) })} onClick={go}>{words}</button>;
}

function Press({ button, message, conversation }: { button: Button; message: Message; conversation: Conversation }) {
  const [busy, setBusy] = useState(false);
  const { data } = button;
  if (button.page) return <a href="/app">{button.label}</a>;
  if (data == null) return null;
  const press = async () => {
    if (busy) return;
    setBusy(true);
    await conversation.press(message.id, data);
    setBusy(false);
  };
  return (
    <button type="button" class={button.danger ? "danger" : ""} aria-busy={busy} onClick={() => void press()}>{button.label}</button>
  );
}

function Waiting({ each, conversation }: { each: Outgoing; conversation: Conversation }) {
  return (
    <div class="message mine waiting">
      <div class="bubble">
        <span class="sr">{text("page_you")} </span>
        {each.photo && <Preview photo={each.photo} />}
        <div class="words" dir="auto">{each.words}</div>
        {each.failed
          ? <div class="failed">{text("page_not_sent")}{" "}
              <button type="button" onClick={() => void conversation.send(each)}>{text("page_retry")}</button>{" "}
              <button type="button" onClick={() => conversation.discard(each.n)}>{text("page_discard")}</button>
            </div>
          : <span class="sending">{text("page_sending")} …</span>}
      </div>
    </div>
  );
}
