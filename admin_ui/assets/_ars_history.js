// 변경 이력: every version that callers have heard, and one click back to it.
import { useEffect, useState } from "preact/hooks";
import { Dialog, Icon, api, attempt, confirm, html, request, toast } from "./_island.js";
import { Changes } from "./_ars_apply.js";
import { momentWords } from "./_ars_days.js";
import { load as reload, set, useStore } from "./_ars_store.js";
import { t } from "./_text.js";

const PER_PAGE = 20;

export function HistoryDialog() {
  const [versions, setVersions] = useState(null);
  const [total, setTotal] = useState(0);
  const [busy, setBusy] = useState(null);
  const drafted = useStore((state) => state.changes.length);
  const close = () => set({ dialog: null });
  const more = async (page) => {
    const answer = await api("GET", `/ars/versions?page=${page}&per_page=${PER_PAGE}`);
    if (!answer) return;
    setTotal(answer.total);
    setVersions((known) => (page === 1 ? answer.items : [...known, ...answer.items]));
  };
  useEffect(() => { more(1); }, []);
  const restore = async (version) => {
    const warning = drafted ? `\n${t("적용하지 않은 변경 {count}건은 그대로 남아 있습니다.", { count: drafted })}` : "";
    if (!(await confirm(t("{when}에 적용한 설정을 다시 적용합니다. 다음 전화부터 바로 바뀝니다.", { when: momentWords(version.published_at) }) + warning, { title: t("이전 버전으로"), yes: t("되돌려 적용") }))) return;
    setBusy(version.id);
    const answer = await attempt(() => request("POST", `/ars/versions/${version.id}/restore`, {}));
    setBusy(null);
    if (!answer) return;
    await reload();
    toast(t("{when}의 설정으로 되돌렸습니다.", { when: momentWords(version.published_at) }), "success");
    close();
  };
  return html`<${Dialog} wide title=${t("변경 이력")} onClose=${close} busy=${busy !== null}>
    ${versions === null && html`<p class="checking"><${Icon} name="ti-loader-2 spinning" /></p>`}
    ${versions?.length === 0 && html`<p class="empty-note">${t("아직 적용한 설정이 없습니다.")}</p>`}
    <ol class="versions">${(versions ?? []).map((each) => html`<li key=${each.id} class=${each.state}>
      <div class="version-head"><span class="version-dot" aria-hidden="true"></span><div><strong>${momentWords(each.published_at)}</strong><span class="subtle">${each.published_by}</span></div>
        ${each.state === "live"
          ? html`<span class="kind live">${t("지금 적용 중")}</span>`
          : html`<button type="button" class="btn btn-sm" disabled=${busy !== null} onClick=${() => restore(each)}>${busy === each.id ? html`<${Icon} name="ti-loader-2 spinning" />` : html`<${Icon} name="ti-history" />`}${t("이 버전으로")}</button>`}</div>
      ${each.note && html`<p class="version-note">${each.note}</p>`}
      ${each.restored_from ? html`<p class="island-hint"><${Icon} name="ti-history" /> ${restoredWords(each, versions)}</p>` : ""}
      ${each.changes.length > 0 ? html`<${Changes} changes=${each.changes} />` : !each.restored_from && html`<p class="island-hint">${t("처음 적용")}</p>`}
    </li>`)}</ol>
    ${versions && versions.length < total && html`<button type="button" class="btn w-100" onClick=${() => more(Math.ceil(versions.length / PER_PAGE) + 1)}>${t("더 보기")}</button>`}
  <//>`;
}

function restoredWords(version, versions) {
  const source = versions.find((each) => each.id === version.restored_from);
  return source ? t("{when}의 설정으로 되돌림", { when: momentWords(source.published_at) }) : t("이전 설정으로 되돌림");
}
