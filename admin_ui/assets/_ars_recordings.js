// 녹음 파일: every recording that was uploaded, what plays it, and away with those that nothing plays.
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog, Icon, announce, attempt, confirm, html, request } from "./_island.js";
import { momentWords } from "./_ars_days.js";
import { Listen, SECONDS } from "./_ars_prompts.js";
import { uploadUrl } from "./_ars_sound.js";
import { flush, set } from "./_ars_store.js";
import { t } from "./_text.js";

export function RecordingsDialog() {
  const [list, setList] = useState(null);
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(null);
  const heading = useRef(null);
  const load = async () => {
    setFailed("");
    try {
      await flush(); // what was just changed counts
      setList(await request("GET", "/ars/prompts"));
    } catch (error) {
      setFailed(error.message);
    }
  };
  useEffect(() => { load(); }, []);
  const remove = async (file) => {
    if (!(await confirm(t("‘{name}’ 녹음을 삭제합니다. 되돌릴 수 없습니다.", { name: file.name }), { title: t("녹음 삭제"), yes: t("삭제"), danger: true }))) return;
    setBusy(file.id);
    const done = await attempt(async () => { await request("DELETE", `/ars/prompts/${file.id}`); return true; });
    setBusy(null);
    await load(); // also when it was refused: somebody has begun to use it
    if (!done) return;
    announce(t("{name} 녹음을 삭제했습니다.", { name: file.name }));
    heading.current?.focus(); // the button that had the focus is gone
  };
  const unused = (list?.items ?? []).filter((file) => !file.uses.length).length;
  return html`<${Dialog} wide title=${t("올린 녹음")} onClose=${() => set({ dialog: null })} busy=${busy !== null}>
    ${failed && html`<div class="load-failed"><p>${failed}</p><button type="button" class="btn" onClick=${load}>${t("다시 시도")}</button></div>`}
    ${!list && !failed && html`<p class="checking" role="status"><${Icon} name="ti-loader-2 spinning" /><span class="visually-hidden">${t("불러오는 중…")}</span></p>`}
    ${list && html`<p class="island-hint" tabindex="-1" ref=${heading}>${t("{count}개 · {most}개까지 둘 수 있습니다. 쓰는 곳이 없는 녹음은 {unused}개입니다.", { count: list.items.length, most: list.most, unused })}</p>`}
    ${list?.items.length === 0 && html`<p class="empty-note">${t("올린 녹음이 없습니다. 안내마다 있는 ‘녹음 파일 올리기’로 올립니다.")}</p>`}
    <ul class="recordings">${(list?.items ?? []).map((file) => html`<li key=${file.id} class=${file.uses.length ? "" : "unused"}>
      <div class="recording-facts"><strong>${file.name}</strong>
        <span class="subtle">${t("{seconds}초 · {day} · {by}", { seconds: SECONDS.format(file.seconds), day: momentWords(file.uploaded_at), by: file.uploaded_by })}</span>
        <${Uses} file=${file} /></div>
      <div class="recording-tools"><${Listen} id=${`list-${file.id}`} label=${t("듣기")} find=${async () => uploadUrl(file.id)} />
        ${file.uses.length === 0 && html`<button type="button" class="btn btn-sm btn-ghost-danger" disabled=${busy !== null} aria-label=${t("{name} 삭제", { name: file.name })} onClick=${() => remove(file)}>
          <${Icon} name=${busy === file.id ? "ti-loader-2 spinning" : "ti-trash"} />${t("삭제")}</button>`}</div>
    </li>`)}</ul>
  <//>`;
}

function Uses({ file }) {
  const [first, ...others] = file.uses;
  if (!first) return html`<span class="recording-use none">${t("쓰는 곳이 없습니다")}</span>`;
  const line = html`<${Icon} name="ti-link" />${first.words}`;
  if (!others.length) return html`<span class="recording-use">${line}</span>`;
  return html`<details class="recording-use"><summary>${line} <span class="subtle">${t("외 {count}곳", { count: others.length })}</span></summary>
    <ul>${others.map((use) => html`<li key=${use.version_id}>${use.words}</li>`)}</ul></details>`;
}
