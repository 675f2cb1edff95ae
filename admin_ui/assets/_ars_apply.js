// 적용: what has changed, what the check says, a rehearsal, and then live at once.
import { useEffect, useState } from "preact/hooks";
import { Dialog, Field, Icon, SaveMark, attempt, confirm, html, request, toast } from "./_island.js";
import { unfinished } from "./_ars_document.js";
import { Heard, Rehearsal } from "./_ars_rehearsal.js";
import { Year } from "./_ars_year.js";
import { discard, flush, goTo, load, read, save, sectionOf, set, useStore } from "./_ars_store.js";
import { clockNow, momentWords, today } from "./_ars_days.js";
import { t } from "./_text.js";

/** Drop what is not applied, after asking; true when it was done. */
async function undo(count) {
  if (!(await confirm(t("적용하지 않은 변경 {count}건을 모두 버리고, 지금 고객이 듣는 설정으로 돌아갑니다.", { count }), { title: t("변경 버리기"), yes: t("버리기"), danger: true }))) return false;
  const done = await attempt(async () => { await discard(); return true; });
  if (done) toast(t("지금 적용된 설정으로 돌아왔습니다."));
  return Boolean(done);
}

/** The bar at the bottom: what callers do not hear yet. */
export function ApplyBar({ narrow }) {
  const [changes, saving, state, problems, document] = ["changes", "saving", "state", "problems", "document"].map((part) => useStore((now) => now[part]));
  const open = unfinished(document);
  const first = problems[0]?.where ?? open[0]?.where;
  const wrong = problems.length || open.length;
  const count = changes.length;
  const live = useStore((now) => now.live);
  const never = read().versions === 0;
  const waiting = count > 0 || saving !== "saved" || never;
  const words = problems.length && saving !== "saving" ? t("고칠 곳이 {count}곳 있어 저장하지 못했습니다", { count: problems.length })
    : open.length ? t("마저 입력할 곳이 {count}곳 있습니다", { count: open.length })
    : never ? t("아직 한 번도 적용하지 않았습니다")
    : count ? t("적용되지 않은 변경 {count}건", { count }) : t("지금 고객이 듣는 설정과 같습니다");
  return html`<div class=${`apply-bar${waiting ? " waiting" : ""}`}>
    <div class="apply-words"><span class=${`apply-dot ${wrong ? "wrong" : waiting ? "on" : ""}`} aria-hidden="true"></span><strong>${words}</strong>
      ${wrong && first && saving !== "saving" ? html`<button type="button" class="btn btn-sm btn-ghost-primary" onClick=${() => goTo(sectionOf(first))}>${t("보러 가기")}</button>` : html`<${SaveMark} state=${saving} onRetry=${save} />`}
      ${!waiting && live?.at && html`<span class="subtle apply-since">${t("{when} 적용", { when: momentWords(live.at) })}</span>`}</div>
    <div class="apply-buttons">
      ${count > 0 && !never && !narrow && html`<button type="button" class="btn btn-ghost-secondary" onClick=${() => undo(count)}>${t("변경 버리기")}</button>`}
      ${narrow && html`<button type="button" class="btn listen-button" onClick=${() => set({ dialog: "preview" })}><${Icon} name="ti-ear" />${t("들어보기")}</button>`}
      <button type="button" class="btn btn-primary" disabled=${!waiting || (state === "live" && !count)} onClick=${() => set({ dialog: "apply" })}>${t("적용")}</button>
    </div></div>`;
}

const SEVERITY = { error: ["ti-circle-x", t("고쳐야 합니다")], warning: ["ti-alert-triangle", t("확인해 주세요")], note: ["ti-info-circle", t("참고")] };

export function ApplyDialog() {
  const [stage, setStage] = useState("saving"); // saving | unsaved | checking | ready | applying | done
  const [findings, setFindings] = useState([]);
  const [calendar, setCalendar] = useState([]);
  const [applied, setApplied] = useState(null);
  const [note, setNote] = useState("");
  const changes = useStore((state) => state.changes);
  const never = useStore((state) => state.versions === 0);
  const close = () => set({ dialog: null });
  useEffect(() => { begin(); }, []);
  async function begin() {
    if (!(await flush())) return setStage("unsaved");
    if (read().state === "none") await save(); // nothing was changed: the standard settings become the draft
    setStage("checking");
    const [found, latest] = await Promise.all([attempt(() => request("POST", "/ars/check", {})), attempt(() => request("GET", "/ars/changes"))]);
    if (!found) return close();
    if (latest) set({ changes: latest });
    setFindings(found.findings);
    setCalendar(found.calendar);
    return setStage("ready");
  }
  async function apply() {
    setStage("applying");
    try {
      const answer = await request("POST", "/ars/apply", { note: note.trim(), revision: read().revision });
      setApplied(answer);
      setStage("done");
      load();
    } catch (error) {
      if (error.code === "ars_has_errors" && error.details.findings) setFindings(error.details.findings);
      toast(error.message, "error");
      setStage("ready");
    }
  }
  const bad = findings.filter((each) => each.severity === "error");
  const doubtful = findings.some((each) => each.severity === "warning");
  const words = stage === "applying" ? t("적용하는 중…") : doubtful ? t("그래도 적용") : t("지금 적용");
  if (stage === "done") return html`<${Done} applied=${applied} onClose=${close} />`;
  return html`<${Dialog} wide title=${t("고객에게 적용하기")} onClose=${close} busy=${stage === "applying"} footer=${html`
      ${changes.length > 0 && !never && html`<button type="button" class="btn btn-ghost-danger apart" disabled=${stage === "applying"} onClick=${async () => (await undo(changes.length)) && close()}>${t("변경 버리기")}</button>`}
      <button type="button" class="btn" onClick=${close} disabled=${stage === "applying"}>${t("닫기")}</button>
      <button type="button" class="btn btn-primary" disabled=${stage !== "ready" || bad.length > 0} onClick=${apply}>${stage === "applying" && html`<${Icon} name="ti-loader-2 spinning" />`}${words}</button>`}>
    ${stage === "unsaved" && html`<p class="prompt-warning"><${Icon} name="ti-alert-triangle" /><span>${t("마저 입력하거나 고칠 곳이 있어 적용할 수 없습니다. 창을 닫고 표시된 곳을 확인해 주세요.")}</span></p>`}
    ${["saving", "checking"].includes(stage) && html`<p class="checking" role="status"><${Icon} name="ti-loader-2 spinning" />${t("앞으로 1년의 모든 날짜와 시각을 확인하고 있습니다…")}</p>`}
    ${["ready", "applying"].includes(stage) && html`
      <section class="apply-part"><h3>${t("바뀌는 것")}</h3><${Changes} changes=${changes} never=${never} /></section>
      <section class="apply-part"><h3>${t("점검 결과")}</h3>${findings.length
        ? ["error", "warning", "note"].map((severity) => html`<${Findings} key=${severity} severity=${severity} findings=${findings.filter((each) => each.severity === severity)} onClose=${close} />`)
        : html`<p class="all-well"><${Icon} name="ti-circle-check" />${t("앞으로 1년 동안 빈틈이나 어긋나는 안내가 없습니다.")}</p>`}
        <${Year} calendar=${calendar} /></section>
      <section class="apply-part"><h3>${t("리허설")}</h3><${Rehearsal} /></section>
      <section class="apply-part"><${Field} label=${t("메모 (선택)")}>${(props) => html`<input class="form-control" ...${props} maxlength="200" placeholder=${t("예: 설 연휴 시간으로 바꿈")} value=${note} onInput=${(event) => setNote(event.target.value)} />`}<//></section>
      <p class="island-hint">${t("적용하면 다음 전화부터 바로 바뀝니다. 지금 통화 중인 고객은 끊기지 않고 하던 대로 이어집니다.")}</p>`}
  <//>`;
}

export function Changes({ changes, never }) {
  const [all, setAll] = useState(false);
  if (!changes.length) return html`<p class="empty-note">${never ? t("처음 적용하는 설정입니다.") : t("바뀐 것이 없습니다.")}</p>`;
  const shown = all ? changes : changes.slice(0, 8);
  return html`<ul class="changes">${shown.map((each, index) => html`<li key=${index} class=${each.kind?.split(".")[1] ?? ""}>${each.sentence}</li>`)}</ul>
    ${changes.length > shown.length && html`<button type="button" class="btn btn-sm btn-ghost-secondary" onClick=${() => setAll(true)}>${t("{count}건 더 보기", { count: changes.length - shown.length })}</button>`}`;
}

function Findings({ severity, findings, onClose }) {
  if (!findings.length) return null;
  const [icon, words] = SEVERITY[severity];
  return html`<div class=${`findings ${severity}`}><strong><${Icon} name=${icon} />${words}</strong>
    <ul>${findings.map((each, index) => html`<li key=${index}><span>${each.sentence}</span>
      ${each.where && html`<button type="button" aria-label=${t("{what} 보기", { what: each.sentence })} onClick=${() => { onClose(); goTo(sectionOf(each.where)); }}>${t("보기")}</button>`}</li>`)}</ul></div>`;
}

/** What is heard until the first question; how it goes on depends on the caller. */
function upToMenu(heard) {
  const asked = heard.findIndex((each) => each.name === "menu");
  return asked < 0 ? heard : heard.slice(0, asked + 1);
}

/** It is live: what callers hear now. */
function Done({ applied, onClose }) {
  const [heard, setHeard] = useState(null);
  const nobody = useStore((state) => state.document.menu.some((entry) => entry._kind === "agents" && !state.assigned[entry.queue_id]));
  useEffect(() => {
    attempt(() => request("POST", "/ars/preview", { at: `${today()}T${clockNow()}`, keys: [], live: true })).then((answer) => setHeard(upToMenu(answer?.heard ?? [])));
  }, []);
  return html`<${Dialog} wide title=${t("적용했습니다")} onClose=${onClose} footer=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("확인했습니다")}</button>`}>
    <div class="applied"><span class="applied-mark"><${Icon} name="ti-check" /></span>
      <strong>${t("지금부터 걸려 오는 전화는 새 설정으로 안내합니다")}</strong>
      <span class="subtle">${t("마음에 들지 않으면 ‘변경 이력’에서 한 번에 되돌릴 수 있습니다.")}</span></div>
    ${nobody && html`<p class="prompt-warning"><${Icon} name="ti-alert-triangle" /><span>${t("받을 상담사가 없는 메뉴가 있습니다.")} <a href=${`${document.getElementById("ars").dataset.staff}#assign`}>${t("상담사 배정하기")}</a></span></p>`}
    <section class="apply-part"><h3>${t("지금 전화하면 들리는 말")}</h3>${heard ? html`<${Heard} heard=${heard} />` : html`<p class="checking"><${Icon} name="ti-loader-2 spinning" /></p>`}</section>
    ${applied?.changes?.length > 0 && html`<details class="more"><summary>${t("바뀐 것 {count}건", { count: applied.changes.length })}</summary><${Changes} changes=${applied.changes} /></details>`}
  <//>`;
}
