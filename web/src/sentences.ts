// What the sentences of both pages have in common: the language that is spoken, and values in their places.
export type Language = "en" | "ru";

export let language: Language = navigator.language.toLowerCase().startsWith("ru") ? "ru" : "en";

export function sentences<Key extends string>(catalogues: Record<Language, Record<Key | "page_title", string>>) {
  const text = (key: Key | "page_title", values: Record<string, string | number> = {}): string =>
    catalogues[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const speak = (chosen: Language): void => {
    language = chosen;
    document.documentElement.lang = chosen;
    document.title = text("page_title");
  };
  return { speak, text };
}
