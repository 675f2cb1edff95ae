// Korean texts are the keys; English comes from the same catalogue that the server's pages use.
import english from "../catalogue/en.json";

export const language = document.documentElement.lang === "en" ? "en" : "ko";

/** `text` in the reader's language, `{gaps}` filled from `values`. */
export function t(text, values) {
  const shown = language === "en" ? (english[text] ?? text) : text;
  return values ? shown.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap) : shown;
}
