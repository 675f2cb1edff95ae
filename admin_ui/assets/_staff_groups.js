// 상담그룹 and skills: short lists of names, changed in place.
import { useState } from "preact/hooks";
import { Dialog, Icon, attempt, confirm, html, request, t } from "./_island.js";
import { PEOPLE, problemsOf, refresh, useData } from "./_staff_store.js";

export function GroupsDialog({ onClose }) {
  const groups = useData((state) => state.groups);
  const skills = useData((state) => state.skills);
  const removeGroup = (group) => group.agents === 0 || confirm(
    `${t("‘{name}’ 그룹을 삭제할까요?", { name: group.name })}\n${t("그룹의 상담사 {count}명은 공통그룹으로 옮겨집니다.", { count: group.agents })}`,
    { title: t("그룹 삭제"), yes: t("삭제"), danger: true });
  const removeSkill = (skill) => (skill.agents === 0 && skill.queues.length === 0) || confirm(
    `${t("‘{name}’ 스킬을 삭제할까요?", { name: skill.name })}\n${t("상담사 {agents}명에게서 빠지고, 메뉴 {queues}개가 더 이상 이 스킬로 배정하지 않습니다.", { agents: skill.agents, queues: skill.queues.length })}`,
    { title: t("스킬 삭제"), yes: t("삭제"), danger: true });
  return html`<${Dialog} title=${t("그룹과 스킬")} onClose=${onClose} wide footer=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("닫기")}</button>`}>
    <div class="two-lists">
      <${Names} path="/groups" title=${t("그룹")} hint=${t("상담사를 나누어 보고 통계를 냅니다.")} rows=${groups} add=${t("새 그룹 이름")} onRemove=${removeGroup} />
      <${Names} path="/skills" title=${t("스킬")} hint=${t("메뉴가 스킬을 요구하면 그 스킬이 있는 상담사가 모두 받습니다.")} rows=${skills} add=${t("새 스킬 이름")} onRemove=${removeSkill} />
    </div><//>`;
}

function Names({ path, title, hint, rows, add, onRemove }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const create = async (event) => {
    event.preventDefault();
    try {
      await request("POST", path, { name });
      setName("");
      setProblem("");
    } catch (error) {
      setProblem(problemsOf(error).name ?? error.message);
    }
    await refresh(...PEOPLE);
  };
  return html`<section><h3>${title}</h3><p class="island-hint">${hint}</p>
    <ul class="names">${rows.map((row) => html`<${Name} key=${row.id} row=${row} path=${path} onRemove=${onRemove} />`)}
      ${rows.length === 0 && html`<li class="subtle">${t("아직 없습니다.")}</li>`}</ul>
    <form class="add-line" onSubmit=${create}><input class="form-control" aria-label=${add} placeholder=${add} value=${name} maxLength="60" aria-invalid=${problem ? "true" : undefined}
        onInput=${(event) => { setName(event.target.value); setProblem(""); }} />
      <button type="submit" class="btn" disabled=${!name.trim()}><${Icon} name="ti-plus" />${t("추가")}</button></form>
    ${problem && html`<div class="island-error" role="alert">${problem}</div>`}</section>`;
}

function Name({ row, path, onRemove }) {
  const [draft, setDraft] = useState(null);
  const [problem, setProblem] = useState("");
  const save = async (event) => {
    event?.preventDefault();
    if (draft === null) return;
    if (draft.trim() === row.name) return setDraft(null);
    try {
      await request("PATCH", `${path}/${row.id}`, { name: draft });
      setDraft(null);
      setProblem("");
    } catch (error) {
      setProblem(problemsOf(error).name ?? error.message);
    }
    return refresh(...PEOPLE);
  };
  const remove = async () => {
    if (!(await onRemove(row))) return;
    await attempt(() => request("DELETE", `${path}/${row.id}`));
    await refresh(...PEOPLE);
  };
  if (draft !== null) return html`<li><form class="add-line" onSubmit=${save}>
    <input class="form-control" aria-label=${t("이름")} value=${draft} maxLength="60" autoFocus aria-invalid=${problem ? "true" : undefined} onInput=${(event) => setDraft(event.target.value)}
      onKeyDown=${(event) => { if (event.key === "Escape") { event.stopPropagation(); event.preventDefault(); setDraft(null); setProblem(""); } }} />
    <button type="submit" class="btn btn-primary">${t("저장")}</button></form>${problem && html`<div class="island-error" role="alert">${problem}</div>`}</li>`;
  return html`<li><span class="name">${row.name}</span><span class="subtle">${t("상담사 {count}명", { count: row.agents })}</span>
    ${row.common ? html`<span class="subtle fixed">${t("기본")}</span>` : html`
      <button type="button" class="icon-button" aria-label=${t("{name} 이름 바꾸기", { name: row.name })} onClick=${() => setDraft(row.name)}><${Icon} name="ti-pencil" /></button>
      <button type="button" class="icon-button" aria-label=${t("{name} 삭제", { name: row.name })} onClick=${remove}><${Icon} name="ti-trash" /></button>`}</li>`;
}
