// 상담유형 and 휴식사유: lists that are put in order by dragging or with the arrow keys, and changed in place.
import { useState } from "preact/hooks";
import { Icon, Sortable, attempt, confirm, html, moved, request, t } from "./_island.js";
import { CardHead, Empty } from "./_staff_parts.js";
import { problemsOf, put, read, refresh, useData } from "./_staff_store.js";

export const Types = () => html`<${List} source="types" path="/contact-types" coded title=${t("상담유형")} add=${t("새 상담유형 이름")} empty=${t("아직 상담유형이 없습니다")}
  hint=${t("상담사가 통화를 마치고 고르는 항목입니다. 통계의 상담유형별통계가 이 순서와 이름을 씁니다.")}
  sure=${(name) => `${t("‘{name}’ 유형을 삭제할까요?", { name })}\n${t("더 이상 고를 수 없습니다. 이미 이 유형으로 저장한 상담 이력과 통계는 그대로 남습니다.")}`} />`;

export const Reasons = () => html`<${List} source="reasons" path="/break-reasons" title=${t("휴식사유")} add=${t("새 휴식사유 이름")} empty=${t("아직 휴식사유가 없습니다")}
  hint=${t("상담사가 휴식으로 바꿀 때 고르는 항목입니다.")} sure=${(name) => `${t("‘{name}’ 사유를 삭제할까요?", { name })}\n${t("더 이상 고를 수 없습니다. 지난 기록은 그대로 남습니다.")}`} />`;

function List({ source, path, coded, title, hint, add, empty, sure }) {
  const rows = useData((state) => state[source]);
  const order = async (from, to) => {
    const next = moved(rows, from, to);
    put({ [source]: next }); // at once: what was dropped stays where it was dropped
    await attempt(() => request("PUT", `${path}/order`, { ids: next.map((row) => row.id) }));
    await refresh(source);
  };
  return html`<section class="staff-card narrow-card"><${CardHead} title=${title} hint=${hint} />
    ${rows.length === 0 ? html`<${Empty} icon="ti-list" title=${empty} />` : html`
      ${coded && html`<div class="list-head" aria-hidden="true"><span>${t("코드")}</span><span>${t("이름")}</span></div>`}
      <${Sortable} items=${rows} keyOf=${(row) => row.id} nameOf=${(row) => row.name} onMove=${order}>
        ${(row, index, handle) => html`<${Row} key=${row.id} row=${row} handle=${handle} coded=${coded} path=${path} source=${source} sure=${sure} />`}<//>`}
    <${Add} path=${path} source=${source} coded=${coded} label=${add} /></section>`;
}

function Row({ row, handle, coded, path, source, sure }) {
  const [problems, setProblems] = useState({});
  const [draft, setDraft] = useState({});
  const values = { ...row, ...draft };
  const save = async () => {
    const name = values.name.trim();
    const code = Number(values.code);
    if (name === row.name && (!coded || code === row.code)) return setDraft({});
    try {
      await request("PATCH", `${path}/${row.id}`, coded ? { name, code } : { name });
      setProblems({});
      setDraft({});
    } catch (error) {
      setProblems(error.code === "check_fields" ? problemsOf(error) : { name: error.message });
    }
    return refresh(source);
  };
  const back = () => { setDraft({}); setProblems({}); };
  const keys = (event) => {
    if (event.key === "Enter") event.target.blur();
    if (event.key === "Escape") back();
  };
  const remove = async () => {
    if (!(await confirm(sure(row.name), { title: t("삭제"), yes: t("삭제"), danger: true }))) return;
    await attempt(() => request("DELETE", `${path}/${row.id}`));
    await refresh(source);
  };
  const field = (name, label, extra) => html`<input class=${`form-control ${name}`} aria-label=${`${label}: ${row.name}`} value=${values[name]} aria-invalid=${problems[name] ? "true" : undefined}
    onInput=${(event) => setDraft({ ...draft, [name]: event.target.value })} onBlur=${save} onKeyDown=${keys} ...${extra} />`;
  return html`<div class="list-row">${handle}${coded && field("code", t("코드"), { inputmode: "numeric", maxLength: 4 })}${field("name", t("이름"), { maxLength: 60 })}
    <button type="button" class="icon-button" aria-label=${t("{name} 삭제", { name: row.name })} onClick=${remove}><${Icon} name="ti-trash" /></button></div>
    ${(problems.name || problems.code) && html`<div class="island-error" role="alert"><${Icon} name="ti-alert-circle" />${problems.name ?? problems.code}</div>`}`;
}

function Add({ path, source, coded, label }) {
  const [name, setName] = useState("");
  const [code, setCode] = useState("");
  const [problems, setProblems] = useState({});
  const create = async (event) => {
    event.preventDefault();
    try {
      const body = coded && code.trim() ? { name, code: Number(code) } : { name };
      const made = await request("POST", path, body);
      put({ [source]: [...read()[source], made] });
      setName("");
      setCode("");
      setProblems({});
    } catch (error) {
      setProblems(error.code === "check_fields" ? problemsOf(error) : { name: error.message });
    }
    await refresh(source);
  };
  return html`<form class="add-line list-add" onSubmit=${create}>
    ${coded && html`<input class="form-control code" aria-label=${t("코드")} placeholder=${t("자동")} inputmode="numeric" maxLength="4" value=${code} aria-invalid=${problems.code ? "true" : undefined} onInput=${(event) => setCode(event.target.value.replace(/\D/g, ""))} />`}
    <input class="form-control" aria-label=${label} placeholder=${label} maxLength="60" value=${name} aria-invalid=${problems.name ? "true" : undefined} onInput=${(event) => { setName(event.target.value); setProblems({}); }} />
    <button type="submit" class="btn btn-primary" disabled=${!name.trim()}><${Icon} name="ti-plus" />${t("추가")}</button></form>
    ${(problems.name || problems.code) && html`<div class="island-error" role="alert"><${Icon} name="ti-alert-circle" />${problems.name ?? problems.code}</div>`}`;
}
