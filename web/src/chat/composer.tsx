import { useEffect, useRef, useState } from "preact/hooks";
import { keepDraft, keptDraft, type Message } from "../api";
import { Icon } from "../icons";
import { plain } from "../markup";
import { text } from "../texts";
import type { Conversation } from "./conversation";

const LONGEST = 4096; // Telegram's own

export function Composer({ conversation, onCamera }: { conversation: Conversation; onCamera: () => void }) {
  const [words, write] = useState(keptDraft);
  const setWords = (draft: string) => { keepDraft(draft); write(draft); };
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const asked = question(conversation.state.messages);
  useEffect(() => {
    if (asked && document.activeElement === document.body) field.current?.focus();
  }, [asked?.id]);
  const send = () => {
    if (!words.trim()) return;
    conversation.say(words.trim(), asked?.id);
    setWords("");
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const paste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    conversation.sendFiles(files);
  };
  const pick = (input: HTMLInputElement) => {
    conversation.sendFiles([...(input.files ?? [])]);
    input.value = "";
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {asked && <p class="asked">{text("page_reply_to", { words: plain(asked.html) })}</p>}
      <input ref={picker} type="file" accept="image/*,.heic,.heif" multiple hidden onChange={(event) => pick(event.currentTarget)} />
      <button type="button" class="round" aria-label={text("page_attach")} title={text("page_attach")}
        onClick={() => picker.current?.click()}><Icon name="attach" /></button>
      <button type="button" class="round" aria-label={text("page_camera")} title={text("page_camera")} onClick={onCamera}>
        <Icon name="camera" /></button>
      <textarea ref={field} rows={1} maxLength={LONGEST} aria-label={text("page_message")} value={words} dir="auto"
        placeholder={asked?.ask || text("page_message")} onInput={(event) => setWords(event.currentTarget.value)}
        onKeyDown={key} onPaste={paste} />
      <button type="submit" class="round send" aria-label={text("page_send")} title={text("page_send")}><Icon name="send" /></button>
    </form>
  );
}

// The bot's question that the next words answer, as in Telegram: its last message, if that asks for words.
function question(messages: Map<number, Message>): Message | undefined {
  const last = [...messages.values()].reduce<Message | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined);
  return last?.ask === undefined ? undefined : last;
}
