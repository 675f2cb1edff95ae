// Small parts of the page of 상담서비스: notices, secrets that are shown once, tiers in words.
import { useState } from "preact/hooks";
import { Icon, html, t, toast } from "./_island.js";

export const root = document.getElementById("staff");

/** 1차, 2차 … */
export const tierName = (level) => t("{level}차", { level });

/** The keys that lead to a menu: 5, then 2 is 5-2. */
export const keyWords = (keys) => [...keys].join("-");

/** Something to know or to do; kind: info, warning. `action` is [words, what it does]. */
export const Notice = ({ kind = "info", icon, children, action }) => html`<div class=${`notice ${kind}`} role="status">
  <${Icon} name=${icon ?? (kind === "warning" ? "ti-alert-triangle" : "ti-info-circle")} /><div>${children}</div>
  ${action && html`<button type="button" class="btn btn-sm" onClick=${action[1]}>${action[0]}</button>`}</div>`;

/** Copies a text, also where browsers hide the clipboard (pages without TLS). */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(t("복사했습니다."), "success");
}

/** A value with a button that copies it. `first`: the focus of its dialog begins there. */
export function Secret({ label, value, mono = true, first = false }) {
  const [copied, setCopied] = useState(false);
  return html`<div class="secret"><dt>${label}</dt><dd class=${mono ? "mono" : ""}>${value}</dd>
    <button type="button" class="btn btn-sm" autofocus=${first} aria-label=${t("{label} 복사", { label })} onClick=${async () => { await copy(value); setCopied(true); }}>
      <${Icon} name=${copied ? "ti-check" : "ti-copy"} />${t("복사")}</button></div>`;
}

export const Empty = ({ icon, title, children }) => html`<div class="staff-empty"><${Icon} name=${icon} /><strong>${title}</strong>
  ${children && html`<div>${children}</div>`}</div>`;

/** The heading of a card, with what stands at its end. */
export const CardHead = ({ title, hint, children }) => html`<div class="staff-card-head"><div><h2>${title}</h2>
  ${hint && html`<p class="island-hint">${hint}</p>`}</div>${children && html`<div class="staff-card-tools">${children}</div>`}</div>`;

/** Saves to a file what the server sent. */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
