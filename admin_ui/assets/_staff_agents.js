// 상담인원: the list of agents with the licences, search, and the ways into the dialogs.
import { useState } from "preact/hooks";
import { Icon, html, t } from "./_island.js";
import { AddAgent, EditAgent } from "./_staff_agent.js";
import { ImportDialog } from "./_staff_excel.js";
import { GroupsDialog } from "./_staff_groups.js";
import { CardHead, Empty, Notice, keyWords } from "./_staff_parts.js";
import { useData } from "./_staff_store.js";

function Licences({ used, licences }) {
  const left = licences - used;
  return html`<div class="licences"><div><span>${t("계약 라이선스수")}</span><strong>${used}<small> / ${licences}</small></strong></div>
    <div class="meter" role="presentation" style=${{ "--fill": `${Math.min(100, (used / Math.max(1, licences)) * 100)}%` }}><i class=${left <= 0 ? "full" : ""}></i></div>
    <p>${left > 0 ? t("{count}명 더 등록할 수 있습니다. 상담사를 삭제해도 라이선스수는 그대로입니다.", { count: left })
      : t("모두 쓰고 있습니다. 더 등록하려면 쓰지 않는 상담사를 삭제하거나 라이선스를 늘려 달라고 운영자에게 요청해 주세요.")}</p></div>`;
}

/** Who takes no calls because no menu rings them. */
export function Unassigned({ onAssign }) {
  const agents = useData((state) => state.agents);
  const ids = useData((state) => state.assignments.unassigned);
  if (!ids.length) return null;
  const names = agents.filter((agent) => ids.includes(agent.id)).map((agent) => agent.name);
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` ${t("외 {count}명", { count: names.length - 5 })}` : "");
  return html`<${Notice} kind="warning" action=${onAssign && [t("상담배정으로 가기"), onAssign]}>
    <strong>${t("전화를 받지 못하는 상담사가 {count}명 있습니다.", { count: ids.length })}</strong>
    <span>${t("새로 추가한 상담사는 자동으로 배정되지 않습니다. 상담배정에서 메뉴에 배정해 주세요.")} (${shown})</span><//>`;
}

const matches = (agent, words) =>
  words.split(/\s+/).every((word) => [agent.name, agent.login, agent.extension, agent.group].some((text) => text.toLowerCase().includes(word)));

function Menus({ agent, queues }) {
  const skills = new Set(agent.skills.map((skill) => skill.id));
  const mine = queues.filter((queue) => agent.queues.some((each) => each.id === queue.id) || skills.has(queue.skill_id));
  if (!mine.length) return html`<span class=${`tag ${agent.active ? "warn" : ""}`}>${t("배정 안 됨")}</span>`;
  return html`<span class="tags">${mine.map((queue) => html`<span key=${queue.id} class="tag" title=${queue.name}>${queue.keys && html`<b>${keyWords(queue.keys)}</b>`}${queue.name}</span>`)}</span>`;
}

function Row({ agent, queues, skills, onEdit }) {
  const locked = agent.locked_until && Date.parse(agent.locked_until) > Date.now();
  return html`<tr class=${agent.active ? "" : "inactive"}>
    <td><button type="button" class="agent-name" onClick=${() => onEdit(agent.id)}><span class="avatar-letter" aria-hidden="true">${[...agent.name][0]}</span>
      <span><strong>${agent.name}</strong><small>${agent.login}</small></span></button></td>
    <td data-label=${t("내선번호")}>${agent.extension}</td>
    <td data-label=${t("그룹")}>${agent.group}</td>
    <td data-label=${t("담당 메뉴")}><${Menus} agent=${agent} queues=${queues} /></td>
    ${skills.length > 0 && html`<td data-label=${t("스킬")} class=${agent.skills.length ? "" : "quiet-here"}>${agent.skills.length === 0 ? html`<span class="subtle">–</span>` : html`<span class="tags">${agent.skills.map((held) => html`<span key=${held.id} class="tag skill">${skills.find((skill) => skill.id === held.id)?.name}</span>`)}</span>`}</td>`}
    <td data-label=${t("상태")} class=${agent.active && !locked ? "quiet-here" : ""}><span class=${`tag ${agent.active ? "good" : ""}`}>${agent.active ? t("사용") : t("사용 중지")}</span>${locked && html` <span class="tag warn" title=${t("로그인에 여러 번 실패했습니다. 비밀번호를 다시 정하면 풀립니다.")}><${Icon} name="ti-lock" />${t("잠김")}</span>`}</td>
    <td class="row-end"><button type="button" class="btn btn-sm" aria-label=${t("{name} 관리", { name: agent.name })} onClick=${() => onEdit(agent.id)}>${t("관리")}</button></td>
  </tr>`;
}

export function Agents({ goTo }) {
  const agents = useData((state) => state.agents);
  const groups = useData((state) => state.groups);
  const skills = useData((state) => state.skills);
  const licences = useData((state) => state.licences);
  const queues = useData((state) => state.assignments.queues);
  const [words, setWords] = useState("");
  const [group, setGroup] = useState("");
  const [dialog, setDialog] = useState(null);
  const close = () => setDialog(null);
  const shown = agents.filter((agent) => (!group || String(agent.group_id) === group) && matches(agent, words.trim().toLowerCase()));
  const full = licences.used >= licences.licences;
  return html`<${Unassigned} onAssign=${() => goTo("assign")} />
    <section class="staff-card">
      <${CardHead} title=${t("상담인원")} hint=${t("계약한 라이선스수만큼 등록할 수 있습니다. 내선번호는 자동으로 부여됩니다.")}>
        <button type="button" class="btn wide" onClick=${() => setDialog({ kind: "groups" })}><${Icon} name="ti-users-group" />${t("그룹·스킬")}</button>
        <a class="btn" href="/api/v1/agents.xlsx" download><${Icon} name="ti-download" />${t("엑셀 내려받기")}</a>
        <button type="button" class="btn" onClick=${() => setDialog({ kind: "import" })}><${Icon} name="ti-upload" />${t("엑셀로 등록")}</button>
        <button type="button" class="btn btn-primary" disabled=${full} onClick=${() => setDialog({ kind: "add" })}><${Icon} name="ti-plus" />${t("상담사 추가")}</button>
      <//>
      <${Licences} ...${licences} />
      ${agents.length === 0 ? html`<${Empty} icon="ti-user-plus" title=${t("아직 상담사가 없습니다")}>${t("‘상담사 추가’를 누르거나, 여러 명이면 엑셀 양식을 내려받아 한꺼번에 등록하세요.")}<//>` : html`
        <div class="list-tools"><label class="search"><${Icon} name="ti-search" /><span class="visually-hidden">${t("상담사 찾기")}</span>
            <input class="form-control" type="search" value=${words} placeholder=${t("이름, ID, 내선번호, 그룹으로 찾기")} onInput=${(event) => setWords(event.target.value)} /></label>
          ${groups.length > 1 && html`<select class="form-select" aria-label=${t("그룹")} value=${group} onChange=${(event) => setGroup(event.target.value)}>
            <option value="">${t("모든 그룹")}</option>${groups.map((each) => html`<option key=${each.id} value=${each.id}>${each.name} (${each.agents})</option>`)}</select>`}
          <span class="subtle" role="status">${t("상담사 {count}명", { count: shown.length })}</span></div>
        <div class="table-scroll"><table class="agents-table"><thead><tr><th>${t("상담사")}</th><th>${t("내선번호")}</th><th>${t("그룹")}</th><th>${t("담당 메뉴")}</th>
          ${skills.length > 0 && html`<th>${t("스킬")}</th>`}<th>${t("상태")}</th><th><span class="visually-hidden">${t("관리")}</span></th></tr></thead>
          <tbody>${shown.map((agent) => html`<${Row} key=${agent.id} agent=${agent} queues=${queues} skills=${skills} onEdit=${(id) => setDialog({ kind: "edit", id })} />`)}</tbody></table></div>
        ${shown.length === 0 && html`<${Empty} icon="ti-search-off" title=${t("찾는 상담사가 없습니다")}><button type="button" class="btn btn-sm" onClick=${() => { setWords(""); setGroup(""); }}>${t("모두 보기")}</button><//>`}`}
    </section>
    ${dialog?.kind === "add" && html`<${AddAgent} onClose=${close} />`}
    ${dialog?.kind === "edit" && html`<${EditAgent} id=${dialog.id} onClose=${close} goTo=${goTo} />`}
    ${dialog?.kind === "groups" && html`<${GroupsDialog} onClose=${close} />`}
    ${dialog?.kind === "import" && html`<${ImportDialog} onClose=${close} />`}`;
}
