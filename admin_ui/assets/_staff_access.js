// 접근관리: from which addresses managers may come.
import { useState } from "preact/hooks";
import { FieldError, Icon, confirm, html, request, t, toast } from "./_island.js";
import { CardHead, Notice } from "./_staff_parts.js";
import { problemsOf, put, useData, useUnsaved } from "./_staff_store.js";

/** Whether it may be an address or a network; the server looks closely. */
export function isNetwork(text) {
  const [, address, , length] = /^([^/]+)(\/(\d{1,3}))?$/.exec(text) ?? [];
  if (!address) return false;
  const within = (most) => length === undefined || Number(length) <= most;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return within(32) && address.split(".").every((part) => Number(part) <= 255);
  return address.includes(":") && /^[0-9a-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`) && within(128);
}

export function Access() {
  const saved = useData((state) => state.settings.allowed_addresses);
  const here = useData((state) => state.address.address);
  const [rows, setRows] = useState(saved);
  const [text, setText] = useState("");
  const [problems, setProblems] = useState({});
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const dirty = JSON.stringify(rows) !== JSON.stringify(saved);
  useUnsaved("access", dirty);
  const edit = (next) => { setRows(next); setProblems({}); };
  const add = (address) => {
    const clean = address.trim();
    if (clean && !isNetwork(clean)) {
      setRefused(clean);
      return;
    }
    setRefused("");
    if (clean && !rows.includes(clean)) edit([...rows, clean]);
    setText("");
  };
  const save = async () => {
    if (!rows.length && saved.length && !(await confirm(t("목록을 비우면 관리자가 모든 IP에서 접속할 수 있습니다. 그렇게 할까요?"), { title: t("접근관리"), yes: t("모두 허용") }))) return;
    setBusy(true);
    try {
      const settings = await request("PUT", "/settings", { allowed_addresses: rows });
      put({ settings });
      setRows(settings.allowed_addresses);
      toast(t("적용했습니다."), "success");
    } catch (error) {
      if (error.code === "check_fields") setProblems(problemsOf(error));
      else toast(error.message, "error");
    }
    setBusy(false);
  };
  return html`<section class="staff-card narrow-card"><${CardHead} title=${t("접근관리")} hint=${t("여기에 적은 IP에서만 관리자가 이 화면과 API에 접속할 수 있습니다. 상담사는 어디서나 로그인할 수 있습니다.")} />
    <div class="here"><span>${t("현재 접속한 IP")}</span><strong class="mono">${here}</strong>
      <button type="button" class="btn btn-sm" disabled=${rows.includes(here)} onClick=${() => add(here)}><${Icon} name="ti-plus" />${t("이 주소 추가")}</button></div>
    ${rows.length === 0
      ? html`<${Notice} icon="ti-world">${t("설정하지 않았습니다. 모든 IP에서 관리자로 접속할 수 있습니다.")}<//>`
      : html`<ol class="networks">${rows.map((row, index) => html`<li key=${row}><span class="place">${index + 1}</span><span class="mono">${row}</span>
          ${row === here && html`<span class="tag good">${t("현재 접속한 IP")}</span>`}
          <button type="button" class="icon-button" aria-label=${t("{name} 삭제", { name: row })} onClick=${() => edit(rows.filter((each) => each !== row))}><${Icon} name="ti-trash" /></button>
          ${problems[`allowed_addresses.${index}`] && html`<div class="island-error" role="alert"><${Icon} name="ti-alert-circle" />${problems[`allowed_addresses.${index}`]}</div>`}</li>`)}</ol>`}
    <form class="add-line" onSubmit=${(event) => { event.preventDefault(); add(text); }}>
      <input class=${`form-control${text ? " mono" : ""}`} aria-label=${t("허용할 IP")} placeholder=${t("접속 허용할 IP를 입력해 주세요.")} value=${text} maxLength="60" autocapitalize="off" spellcheck=${false} aria-invalid=${refused ? "true" : undefined} onInput=${(event) => { setText(event.target.value); setRefused(""); }} />
      <button type="submit" class="btn" disabled=${!text.trim()}><${Icon} name="ti-plus" />${t("추가")}</button></form>
    <${FieldError} text=${refused && t("'{value}'은(는) IP 주소가 아닙니다. 203.0.113.7 또는 203.0.113.0/24 처럼 입력해 주세요.", { value: refused })} />
    <p class="island-hint">${t("주소 하나(203.0.113.7)나 대역(203.0.113.0/24, 2001:db8::/32)을 적습니다. 사무실의 고정 IP는 인터넷 회사에 물어보세요.")}</p>
    ${problems.allowed_addresses && html`<${Notice} kind="warning" action=${rows.includes(here) ? null : [t("이 주소 추가"), () => add(here)]}>${problems.allowed_addresses}<//>`}
    <div class="card-foot">${dirty && html`<button type="button" class="btn" disabled=${busy} onClick=${() => edit(saved)}>${t("되돌리기")}</button>`}
      <button type="button" class="btn btn-primary" disabled=${!dirty || busy} onClick=${save}>${busy ? t("적용 중…") : t("적용")}</button></div></section>`;
}
