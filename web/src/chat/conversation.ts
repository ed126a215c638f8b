// The conversation as the page knows it: what the server said, and what is on its way to it.
import * as api from "../api";
import { Refused } from "../api";
import type { Language } from "../texts";
import { language, megabytes, speak, text } from "../texts";

export type Door = "entering" | "open" | "closed" | "forgotten";
export type Outgoing = { n: number; words?: string; replyTo?: number; photo?: File; failed: boolean };
export type State = {
  door: Door;
  offline: boolean;
  messages: Map<number, api.Message>;
  outgoing: Outgoing[];
  notices: { n: number; text: string }[];
  typing: boolean;
  language: Language;
};

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const NOTICE_MS = 4000; // and time to read each letter
const LETTER_MS = 80;

export class Conversation {
  state: State = {
    door: "entering", offline: false, messages: new Map(), outgoing: [], notices: [], typing: false, language,
  };
  private after = 0;
  private numbers = 0;
  private lastNotice = 0;
  private shown = 0;
  private asking = new AbortController(); // a newer round of asking ends the older one
  private wake: () => void = () => {};

  constructor(private readonly changed: () => void) {}

  // Enters, then asks for news until the door is shut.
  async follow(): Promise<void> {
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    let entered = false;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!entered) entered = await this.entered();
        if (!entered) return;
        // After a failure the latest change is asked for once more: it is there at once, and shows that the bot is.
        const news = await api.changes(this.state.offline ? Math.max(this.after - 1, 0) : this.after, signal);
        if (signal.aborted) return;
        this.take(news);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused && error.status < 500) return this.shut("closed");
        this.update({ offline: true, typing: false });
        await this.pause(RETRY_MS[failures++] ?? 8000);
      }
    }
  }

  askNow(): void {
    this.wake();
  }

  say(words: string, replyTo?: number): void {
    void this.send({ n: ++this.numbers, words, replyTo, failed: false });
  }

  sendFiles(files: Iterable<File>): void {
    const fitting: Outgoing[] = [];
    for (const photo of files) {
      if (photo.size > api.FILE_BYTES) this.refuseLarge(photo);
      else fitting.push({ n: ++this.numbers, photo, failed: false });
    }
    void fitting.reduce((before, each) => before.then(() => this.send(each)), Promise.resolve());
  }

  async send(each: Outgoing): Promise<void> {
    const others = this.state.outgoing.filter(({ n }) => n !== each.n);
    this.update({ outgoing: [...others, { ...each, failed: false }] });
    try {
      if (each.photo) await api.sendPhoto(each.photo, each.photo.name);
      else await api.say(each.words ?? "", each.replyTo);
      this.discard(each.n);
    } catch (error) {
      if (error instanceof Refused && error.status === 413 && each.photo) {
        this.discard(each.n);
        this.refuseLarge(each.photo);
        return;
      }
      const failed = (one: Outgoing): Outgoing => (one.n === each.n ? { ...one, failed: true } : one);
      this.update({ outgoing: this.state.outgoing.map(failed) });
      this.lost(error);
    }
  }

  discard(number: number): void {
    this.update({ outgoing: this.state.outgoing.filter(({ n }) => n !== number) });
  }

  async press(message: number, data: string): Promise<void> {
    try {
      await api.press(message, data);
    } catch (error) {
      this.notice(text("page_not_pressed"));
      this.lost(error);
    }
  }

  // Whether it is done.
  async forget(): Promise<boolean> {
    try {
      await api.forget();
    } catch (error) {
      this.lost(error);
      return false;
    }
    this.shut("forgotten");
    return true;
  }

  notice(words: string): void {
    const each = { n: ++this.shown, text: words };
    this.update({ notices: [...this.state.notices, each] });
    setTimeout(() => this.update({ notices: this.state.notices.filter((one) => one !== each) }), NOTICE_MS + LETTER_MS * words.length);
  }

  private async entered(): Promise<boolean> {
    const welcome = await api.enter();
    if (!welcome) {
      this.shut("closed");
      return false;
    }
    this.adopt(api.keptLanguage());
    return true;
  }

  private take(news: api.Changes): void {
    const messages = new Map(this.state.messages);
    for (const message of news.messages) messages.set(message.id, message);
    for (const id of news.gone) messages.delete(id);
    this.adopt(news.language);
    const first = this.after === 0; // what was noticed before this tab opened is over
    this.after = news.now;
    this.update({ door: "open", offline: false, messages, typing: news.typing });
    for (const { n, text: words } of news.notices) {
      if (n > this.lastNotice && words && !first) this.notice(words);
      this.lastNotice = Math.max(this.lastNotice, n);
    }
  }

  private adopt(chosen?: Language): void {
    if (!chosen || chosen === this.state.language) return;
    speak(chosen);
    api.keepLanguage(chosen);
    this.update({ language: chosen });
  }

  private refuseLarge(photo: File): void {
    const limit = megabytes(api.FILE_BYTES);
    this.notice(text("page_too_large", { name: photo.name, size: megabytes(photo.size), limit }));
  }

  private lost(error: unknown): void {
    if (error instanceof Refused && error.status === 401) this.shut("closed");
    else if (!(error instanceof Refused) && !this.state.offline) {
      this.update({ offline: true });
      void this.follow();
    }
  }

  private shut(door: Door): void {
    this.asking.abort();
    api.leave();
    const gone = door === "forgotten" ? { messages: new Map(), outgoing: [], notices: [] } : {};
    this.update({ door, offline: false, typing: false, ...gone });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  private update(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    this.changed();
  }
}
