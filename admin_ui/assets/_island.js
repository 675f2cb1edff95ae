// What the portal's interactive pages are built of: Preact with htm, the API, notes, fields, sortable lists.
import { html } from "htm/preact";
import { render } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, Notes } from "./_island_notes.js";
import { t } from "./_text.js";

export { ApiError, api, attempt, request, upload } from "./_island_api.js";
export { Dialog, Icon, announce, confirm, toast } from "./_island_notes.js";
export { Sortable, moved } from "./_island_sort.js";
export { language, t } from "./_text.js";
export { html };

/** Draw `View` into the element with this id, with the place for toasts and questions beside it. */
export function mount(id, View) {
  const root = document.getElementById(id);
  root.textContent = "";
  render(html`<${View} /><${Notes} />`, root);
}

/**
 * A labelled control. `children(props)` draws it with id, aria-describedby and aria-invalid given; `error` is said
 * right under it, `hint` too, `extra` stands at the end of the label's line (a counter, a button).
 */
export function Field({ label, hint, error, extra, hidden, className = "", children }) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  return html`<div class=${`island-field ${className}${error ? " has-error" : ""}`}>
    <div class=${`island-label${hidden ? " visually-hidden" : ""}`}><label for=${id}>${label}</label>${extra}</div>
    ${children({ id, "aria-describedby": described, "aria-invalid": error ? "true" : undefined })}
    ${hint && html`<div class="island-hint" id=${`${id}-hint`}>${hint}</div>`}
    <${FieldError} id=${`${id}-error`} text=${error} />
  </div>`;
}

/** Words of a problem right where it is; nothing without words. */
export const FieldError = ({ text, id }) =>
  text ? html`<div class="island-error" role="alert" id=${id}><${Icon} name="ti-alert-circle" /><span>${text}</span></div>` : null;

/** On or off. */
export function Switch({ label, hint, checked, onChange, disabled }) {
  return html`<label class="island-switch"><input type="checkbox" role="switch" checked=${checked} disabled=${disabled}
    onChange=${(event) => onChange(event.target.checked)} /><span class="track" aria-hidden="true"></span>
    <span><span class="name">${label}</span>${hint && html`<span class="island-hint">${hint}</span>`}</span></label>`;
}

/** One of a few: `options` [[value, words], …]. */
export function Choice({ label, value, options, onChange, name }) {
  const group = useId();
  return html`<fieldset class="island-choice"><legend class="visually-hidden">${label}</legend>
    ${options.map(([each, words]) => html`<label key=${each}><input type="radio" name=${name ?? group} checked=${value === each}
      onChange=${() => onChange(each)} /><span>${words}</span></label>`)}</fieldset>`;
}

const SAVE_WORDS = {
  saved: ["ti-circle-check", t("저장됨")],
  pending: ["ti-pencil", t("입력 중…")],
  saving: ["ti-loader-2", t("저장 중…")],
  failed: ["ti-alert-circle", t("저장하지 못했습니다")],
};

/** Where the saving stands: saved, pending, saving, failed; `onRetry` gives a button after a failure. */
export function SaveMark({ state, onRetry }) {
  const [icon, words] = SAVE_WORDS[state] ?? SAVE_WORDS.saved;
  return html`<span class=${`save-mark ${state}`} role=${state === "failed" ? "alert" : undefined}><${Icon} name=${icon} /><span>${words}</span>
    ${state === "failed" && onRetry && html`<button type="button" class="btn btn-sm" onClick=${onRetry}>${t("다시 시도")}</button>`}</span>`;
}

/** Something that is done a moment after the last call: `const later = useLater(800); later(() => …)`. */
export function useLater(ms) {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (action) => {
    clearTimeout(timer.current);
    timer.current = action ? setTimeout(action, ms) : 0;
  };
}

/** True on screens of the telephone's width. */
export function useNarrow(width = 767) {
  const [narrow, setNarrow] = useState(() => matchMedia(`(max-width: ${width}px)`).matches);
  useEffect(() => {
    const media = matchMedia(`(max-width: ${width}px)`);
    const changed = () => setNarrow(media.matches);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, []);
  return narrow;
}
