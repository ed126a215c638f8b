// Telegram's HTML subset as nodes of the page. What is no known tag, or no known entity, is shown as it stands.
import type { ComponentChildren, VNode } from "preact";
import { h } from "preact";

const TAGS: Record<string, string> = {
  b: "b", strong: "b", i: "i", em: "i", u: "u", ins: "u", s: "s", strike: "s", del: "s",
  code: "code", pre: "pre", blockquote: "blockquote", a: "a",
};
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const TOKEN = /<(\/?)([a-z]+)(?: href="([^"<>]*)")?>|&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});|[^<&]+|[<&]/gi;
// Commands and addresses lead somewhere in Telegram without being marked.
const LIVE = /(?<![\p{L}\p{N}_/<])(\/[a-z][a-z0-9_]{0,31}\b(?!\/)|https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/giu;

type Open = { tag: string; href?: string; inside: ComponentChildren[] };

export function nodes(source: string, onCommand: (command: string) => void): ComponentChildren[] {
  const root: Open = { tag: "", inside: [] };
  const open: Open[] = [root];
  let words = "";
  const top = (): Open => open[open.length - 1] ?? root;
  const flush = (): void => {
    if (words) top().inside.push(...(verbatim(open) ? [words] : live(words, onCommand)));
    words = "";
  };
  for (const [whole, slash, name, href, entity] of source.matchAll(TOKEN)) {
    const tag = name && TAGS[name.toLowerCase()];
    if (tag && !slash) {
      flush();
      open.push({ tag, href: decoded(href ?? ""), inside: [] });
    } else if (tag && open.length > 1 && top().tag === tag) {
      flush();
      const closed = open.pop() as Open;
      top().inside.push(element(closed));
    } else {
      words += entity ? character(entity, whole) : whole;
    }
  }
  flush();
  while (open.length > 1) {
    const closed = open.pop() as Open;
    top().inside.push(element(closed));
  }
  return root.inside;
}

// What a person reads, in one line.
export function plain(source: string): string {
  const read = (part: ComponentChildren): string => {
    if (typeof part === "string") return part;
    if (Array.isArray(part)) return part.map(read).join("");
    return read((part as VNode<{ children?: ComponentChildren }>)?.props?.children ?? "");
  };
  return nodes(source, () => {}).map(read).join("").replace(/\s+/g, " ").trim();
}

function verbatim(open: Open[]): boolean {
  return open.some(({ tag }) => tag === "code" || tag === "pre" || tag === "a");
}

function element({ tag, href, inside }: Open): ComponentChildren {
  if (tag !== "a") return h(tag, {}, ...inside);
  return /^https?:\/\//i.test(href ?? "") ? link(href as string, inside) : inside;
}

function link(href: string, inside: ComponentChildren): VNode {
  return <a href={href} target="_blank" rel="noopener noreferrer">{inside}</a>;
}

function live(words: string, onCommand: (command: string) => void): ComponentChildren[] {
  return words.split(LIVE).map((part, index) => {
    if (index % 2 === 0) return part;
    if (!part.startsWith("/")) return link(part, part);
    return <button type="button" class="command" onClick={() => onCommand(part)}>{part}</button>;
  });
}

function decoded(source: string): string {
  return source.replace(/&([#\w]+);/g, (whole, entity: string) => character(entity, whole));
}

function character(entity: string, whole: string): string {
  if (!entity.startsWith("#")) return ENTITIES[entity.toLowerCase()] ?? whole;
  const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : parseInt(entity.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
