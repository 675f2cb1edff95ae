// Agents from an Excel file: choose it, see what it would do, then take all of it in or mend it.
import { useRef, useState } from "preact/hooks";
import { Dialog, Icon, html, t, toast, upload } from "./_island.js";
import { Notice, saveFile } from "./_staff_parts.js";
import { PEOPLE, load } from "./_staff_store.js";

const COLUMNS = { login: t("상담사ID"), name: t("이름"), group: t("그룹"), extension: t("내선번호"), menus: t("상담메뉴"), skills: t("스킬"), active: t("사용") };

export function ImportDialog({ onClose }) {
  const [file, setFile] = useState(null);
  const [plan, setPlan] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(null);
  const look = async (chosen) => {
    setFile(chosen);
    setPlan(null);
    setProblem("");
    if (!chosen) return;
    setBusy(true);
    try {
      setPlan(await upload("/agents.xlsx?dry_run=true", chosen));
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  const takeIn = async () => {
    setBusy(true);
    try {
      const answer = await upload("/agents.xlsx", file);
      await load(...PEOPLE);
      setDone(answer);
      if (answer.passwords) savePasswords(answer.passwords);
      else {
        toast(t("{count}명을 수정했습니다.", { count: answer.changed }), "success");
        onClose();
      }
    } catch (error) {
      if (error.details?.problems) setPlan({ ...plan, problems: error.details.problems, errors: error.details.problems.length });
      else setProblem(error.message);
    }
    setBusy(false);
  };
  if (done) return html`<${Done} done=${done} onClose=${onClose} />`;
  const ready = plan && !plan.errors && plan.new + plan.changed > 0;
  return html`<${Dialog} title=${t("엑셀로 등록")} onClose=${onClose} wide busy=${busy} footer=${html`
      <button type="button" class="btn" onClick=${onClose} disabled=${busy}>${t("취소")}</button>
      <button type="button" class="btn btn-primary" disabled=${!ready || busy} onClick=${takeIn}>${busy ? t("처리 중…") : t("적용")}</button>`}>
    <ol class="import-steps"><li><div><strong>${t("양식을 내려받아 작성합니다")}</strong>
        <p class="island-hint">${t("예시와 쓰는 법이 들어 있습니다. 지금 상담사를 고치려면 ‘엑셀 내려받기’로 받은 파일을 고쳐 올리세요.")}</p>
        <a class="btn btn-sm" href="/api/v1/agents-template.xlsx" download><${Icon} name="ti-file-spreadsheet" />${t("양식 내려받기")}</a></div></li>
      <li><div><strong>${t("작성한 파일을 올립니다")}</strong><${Drop} file=${file} busy=${busy} onFile=${look} /></div></li></ol>
    ${problem && html`<${Notice} kind="warning">${problem}<//>`}
    ${plan && html`<${PlanView} plan=${plan} />`}<//>`;
}

function Drop({ file, busy, onFile }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const stop = (event) => event.preventDefault();
  return html`<div class=${`drop${over ? " over" : ""}`} onDragOver=${(event) => { stop(event); setOver(true); }} onDragLeave=${() => setOver(false)}
    onDrop=${(event) => { stop(event); setOver(false); onFile(event.dataTransfer.files[0]); }}>
    <input ref=${input} type="file" class="visually-hidden" id="agents-file" accept=".xlsx" disabled=${busy}
      onChange=${(event) => { const chosen = event.target.files[0]; if (chosen) onFile(chosen); event.target.value = ""; }} />
    <label for="agents-file"><${Icon} name=${busy ? "ti-loader-2" : "ti-file-upload"} /><span>${busy ? t("확인하고 있습니다…") : file ? html`<strong>${file.name}</strong> · ${t("다른 파일 고르기")}` : t("여기를 눌러 고르거나 파일을 끌어 놓으세요 (.xlsx)")}</span></label></div>`;
}

function PlanView({ plan }) {
  const also = [
    plan.new_groups.length && t("새 그룹: {names}", { names: plan.new_groups.join(", ") }),
    plan.new_skills.length && t("새 스킬: {names}", { names: plan.new_skills.join(", ") }),
    plan.examples && t("예시 {count}줄은 건너뜁니다.", { count: plan.examples }),
  ].filter(Boolean);
  return html`<div class="plan" role="status"><ul class="plan-counts">
      <li class="new"><strong>${plan.new}</strong>${t("새로 등록")}</li><li class="changed"><strong>${plan.changed}</strong>${t("수정")}</li>
      <li><strong>${plan.same}</strong>${t("그대로")}</li><li class=${plan.errors ? "wrong" : ""}><strong>${plan.errors}</strong>${t("오류")}</li></ul>
    ${plan.errors > 0 && html`<${Notice} kind="warning">${t("고칠 곳이 있어 아직 아무것도 저장하지 않았습니다. 파일을 고친 후 다시 올려 주세요.")}<//>
      <div class="table-scroll"><table class="plan-table"><thead><tr><th>${t("행")}</th><th>${t("열")}</th><th>${t("고칠 내용")}</th></tr></thead>
      <tbody>${plan.problems.map((problem, index) => html`<tr key=${index}><td>${problem.row || "–"}</td><td>${COLUMNS[problem.column] ?? "–"}${problem.where && html` <small>${problem.where}</small>`}</td><td>${problem.message}</td></tr>`)}</tbody></table></div>`}
    ${!plan.errors && plan.rows.length > 0 && html`<div class="table-scroll"><table class="plan-table"><thead><tr><th>${t("행")}</th><th>${t("상담사")}</th><th>${t("할 일")}</th></tr></thead>
      <tbody>${plan.rows.map((row) => html`<tr key=${row.row}><td>${row.row}</td><td>${row.name} <small>${row.login}</small></td>
        <td>${row.action === "new" ? html`<span class="tag good">${t("새로 등록")}</span>` : html`<span class="tag">${t("수정")}</span> ${row.changes.map((key) => COLUMNS[key]).join(", ")}`}</td></tr>`)}</tbody></table></div>`}
    ${!plan.errors && plan.rows.length === 0 && html`<p class="dialog-words">${t("지금과 다른 내용이 없습니다.")}</p>`}
    ${also.length > 0 && html`<p class="island-hint">${also.join(" · ")}</p>`}</div>`;
}

function savePasswords({ name, content }) {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  saveFile(new Blob([bytes], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }), name);
}

const Done = ({ done, onClose }) => html`<${Dialog} keep title=${t("등록을 마쳤습니다")} onClose=${onClose} footer=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("파일을 저장했습니다")}</button>`}>
  <p class="dialog-words">${t("새 상담사 {new}명을 등록하고 {changed}명을 수정했습니다.", { new: done.new, changed: done.changed })}</p>
  <${Notice} kind="warning" icon="ti-key">${t("새 상담사의 비밀번호가 든 파일을 내려받았습니다. 이 창을 닫으면 다시 받을 수 없으니, 파일이 저장되었는지 확인해 주세요.")}<//>
  <button type="button" class="btn w-100 mt-3" autofocus onClick=${() => savePasswords(done.passwords)}><${Icon} name="ti-download" />${t("비밀번호 파일 다시 내려받기")}</button><//>`;
