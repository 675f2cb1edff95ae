// Dialogs of one agent: to add one, to change one, and what is shown this once.
import { useState } from "preact/hooks";
import { Choice, Dialog, Field, Icon, Switch, attempt, confirm, html, request, t, toast } from "./_island.js";
import { Notice, Secret, copy, keyWords, root, tierName } from "./_staff_parts.js";
import { PEOPLE, load, refresh, useData, useForm } from "./_staff_store.js";

const LEVELS = [1, 2, 3];

const text = (form, name, props, extra = {}) => html`<input class="form-control" ...${props} value=${form.values[name]} ...${extra}
  onInput=${(event) => form.change({ [name]: event.target.value })} />`;

const Groups = ({ form, props }) => {
  const groups = useData((state) => state.groups);
  return html`<select class="form-select" ...${props} value=${form.values.group_id ?? ""} onChange=${(event) => form.change({ group_id: Number(event.target.value) })}>
    ${groups.map((group) => html`<option key=${group.id} value=${group.id}>${group.name}</option>`)}</select>`;
};

/** Skills to tick, each with its level; `value` [{id, level}]. */
function Skills({ value, onChange, error }) {
  const skills = useData((state) => state.skills);
  if (!skills.length) return null;
  const levelOf = (id) => value.find((held) => held.id === id)?.level;
  const without = (id) => value.filter((held) => held.id !== id);
  return html`<fieldset class="island-field"><legend class="island-label">${t("스킬")}</legend>
    <div class="skill-list">${skills.map((skill) => html`<div key=${skill.id} class=${`skill-line${levelOf(skill.id) ? " on" : ""}`}>
      <label><input type="checkbox" checked=${Boolean(levelOf(skill.id))} onChange=${(event) => onChange(event.target.checked ? [...value, { id: skill.id, level: 1 }] : without(skill.id))} /><span>${skill.name}</span></label>
      ${levelOf(skill.id) && html`<select class="form-select form-select-sm" aria-label=${t("{name} 순서", { name: skill.name })} value=${levelOf(skill.id)}
        onChange=${(event) => onChange([...without(skill.id), { id: skill.id, level: Number(event.target.value) }])}>
        ${[...new Set([...LEVELS, levelOf(skill.id)])].map((level) => html`<option key=${level} value=${level}>${tierName(level)}</option>`)}</select>`}</div>`)}</div>
    <span class="island-hint">${t("스킬로 배정하는 메뉴의 전화를 받습니다. 1차 상담사에게 먼저 울립니다.")}</span>
    ${error && html`<div class="island-error" role="alert">${error}</div>`}</fieldset>`;
}

const PASSWORD_HINT = t("8자 이상, 영문자와 숫자를 섞고 ID와 달라야 합니다.");

export function AddAgent({ onClose }) {
  const groups = useData((state) => state.groups);
  const common = groups.find((group) => group.common);
  const blank = { login: "", name: "", group_id: common?.id ?? null, skills: [], own: false, password: "" };
  const form = useForm(blank);
  const [made, setMade] = useState(null);
  const add = (event) => {
    event.preventDefault();
    form.send(async ({ own, password, ...values }) => {
      const answer = await request("POST", "/agents", { ...values, password: own ? password : null });
      await load(...PEOPLE);
      setMade({ ...answer, password: answer.password ?? password });
    });
  };
  if (made) return html`<${MadeAgent} made=${made} onClose=${onClose} onMore=${() => { form.reset(blank); setMade(null); }} />`;
  return html`<${Dialog} title=${t("상담사 추가")} onClose=${onClose} busy=${form.busy} footer=${html`
      <button type="button" class="btn" onClick=${onClose} disabled=${form.busy}>${t("취소")}</button>
      <button type="submit" form="add-agent" class="btn btn-primary" disabled=${form.busy}>${form.busy ? t("등록 중…") : t("추가")}</button>`}>
    <form id="add-agent" class="dialog-form" onSubmit=${add} noValidate autocomplete="off">
      <${Field} label=${t("이름")} error=${form.problems.name}>${(props) => text(form, "name", props, { autoFocus: true, maxLength: 60 })}<//>
      <${Field} label=${t("상담사ID")} error=${form.problems.login} hint=${t("로그인할 때 씁니다. 영문자나 숫자로 시작해 영문자·숫자·점·밑줄·붙임표로 2~60자, 대소문자를 구분하며 나중에 바꿀 수 없습니다.")}>
        ${(props) => text(form, "login", props, { autocapitalize: "off", spellcheck: false, maxLength: 60 })}<//>
      <${Field} label=${t("그룹")} error=${form.problems.group_id}>${(props) => html`<${Groups} form=${form} props=${props} />`}<//>
      <${Skills} value=${form.values.skills} onChange=${(skills) => form.change({ skills })} error=${form.problems.skills} />
      <div class="island-field"><div class="island-label"><span>${t("비밀번호")}</span></div>
        <${Choice} label=${t("비밀번호")} value=${form.values.own} options=${[[false, t("자동으로 만들기")], [true, t("직접 정하기")]]} onChange=${(own) => form.change({ own })} /></div>
      ${form.values.own && html`<${Field} label=${t("새 비밀번호")} hidden hint=${PASSWORD_HINT} error=${form.problems.password}>${(props) => text(form, "password", props, { type: "password", autocomplete: "new-password", maxLength: 200 })}<//>`}
    </form><//>`;
}

function MadeAgent({ made, onClose, onMore }) {
  const licences = useData((state) => state.licences);
  const { agent, password } = made;
  const { desk, service } = root.dataset;
  const all = [`${t("접속 주소")}: ${desk}`, `${t("서비스명")}: ${service}`, `${t("상담사ID")}: ${agent.login}`, `${t("비밀번호")}: ${password}`].join("\n");
  return html`<${Dialog} keep title=${t("{name} 님을 등록했습니다", { name: agent.name })} onClose=${onClose} footer=${html`
      <button type="button" class="btn" disabled=${licences.used >= licences.licences} onClick=${onMore}><${Icon} name="ti-plus" />${t("한 명 더 추가")}</button>
      <button type="button" class="btn btn-primary" onClick=${onClose}>${t("전달했습니다")}</button>`}>
    <p class="dialog-words">${t("아래 내용을 상담사에게 전해 주세요. 비밀번호는 이 창을 닫으면 다시 볼 수 없습니다.")}</p>
    <dl class="secrets"><${Secret} label=${t("접속 주소")} value=${desk} /><${Secret} label=${t("서비스명")} value=${service} />
      <${Secret} label=${t("상담사ID")} value=${agent.login} /><${Secret} label=${t("비밀번호")} value=${password} />
      <div class="secret"><dt>${t("내선번호")}</dt><dd class="mono">${agent.extension}</dd></div></dl>
    <button type="button" class="btn w-100" autofocus onClick=${() => copy(all)}><${Icon} name="ti-copy" />${t("모두 복사")}</button>
    <${QuickAssign} agentId=${agent.id} /><//>`;
}

/** Menus to serve, to tick right after an agent was made. */
function QuickAssign({ agentId }) {
  const queues = useData((state) => state.assignments.queues);
  const revision = useData((state) => state.assignments.revision);
  const [busy, setBusy] = useState(0);
  if (!queues.length) return null;
  const serves = (queue) => queue.tiers.some((tier) => tier.agent_id === agentId);
  const toggle = async (queue) => {
    setBusy(queue.id);
    const rest = queue.tiers.filter((tier) => tier.agent_id !== agentId);
    const tiers = serves(queue) ? rest : [...rest, { agent_id: agentId, level: 1 }];
    await attempt(() => request("PUT", "/assignments", { queues: [{ id: queue.id, tiers, skill_id: queue.skill_id }], revision }));
    await refresh(...PEOPLE);
    setBusy(0);
  };
  return html`<div class="quick-assign"><h3>${t("어느 메뉴의 전화를 받나요?")}</h3>
    <p class="island-hint">${t("누르면 바로 배정됩니다. 배정하지 않으면 전화를 받지 못합니다.")}</p>
    <div class="tags">${queues.map((queue) => html`<button key=${queue.id} type="button" class="pick" aria-pressed=${serves(queue)} disabled=${busy !== 0} onClick=${() => toggle(queue)}>
      <${Icon} name=${serves(queue) ? "ti-check" : "ti-plus"} />${queue.keys && html`<b>${keyWords(queue.keys)}</b>`}${queue.name}</button>`)}</div></div>`;
}

export function EditAgent({ id, onClose, goTo }) {
  const agent = useData((state) => state.agents.find((each) => each.id === id));
  const queues = useData((state) => state.assignments.queues);
  const form = useForm({ name: agent?.name ?? "", group_id: agent?.group_id ?? null, active: agent?.active ?? true, skills: agent?.skills ?? [] });
  const [shown, setShown] = useState(null);
  if (!agent) return null;
  const save = (event) => {
    event.preventDefault();
    form.send(async (values) => {
      const { effective } = await request("PATCH", `/agents/${id}`, values);
      await load(...PEOPLE);
      toast(effective === "after_call" ? t("저장했습니다. 지금 하는 통화가 끝나면 적용됩니다.") : t("저장했습니다."), "success");
      onClose();
    });
  };
  if (shown?.kind === "password") return html`<${NewPassword} agent=${agent} onClose=${onClose} onBack=${() => setShown(null)} />`;
  if (shown?.kind === "sip") return html`<${SipAccount} account=${shown.account} agent=${agent} onClose=${onClose} />`;
  const renewSip = async () => {
    const sure = await confirm(`${t("{name} 님의 SIP 계정 비밀번호를 새로 만들까요?", { name: agent.name })}\n${t("지금 비밀번호로 등록된 소프트폰과 전화기는 다시 설정할 때까지 전화를 받지 못합니다. 브라우저로 상담하는 경우 화면을 새로 고치면 됩니다.")}`, { title: t("SIP 계정 다시 만들기"), yes: t("새로 만들기") });
    if (!sure) return;
    const account = await attempt(() => request("POST", `/agents/${id}/sip-account`));
    if (account) setShown({ kind: "sip", account });
  };
  const remove = async () => {
    const sure = await confirm(`${t("{name} 님을 삭제할까요?", { name: agent.name })}\n${t("더 이상 로그인할 수 없고 모든 메뉴에서 빠집니다. 지난 이력과 통계는 그대로 남고, 라이선스 하나가 비어 다른 상담사를 등록할 수 있습니다.")}`, { title: t("상담사 삭제"), yes: t("삭제"), danger: true });
    if (!sure) return;
    const done = await attempt(() => request("DELETE", `/agents/${id}`));
    if (!done) return;
    await refresh(...PEOPLE);
    toast(done.effective === "after_call" ? t("삭제했습니다. 지금 하는 통화가 끝나면 적용됩니다.") : t("삭제했습니다."), "success");
    onClose();
  };
  const mine = queues.filter((queue) => agent.queues.some((each) => each.id === queue.id));
  return html`<${Dialog} title=${agent.name} onClose=${onClose} busy=${form.busy} footer=${html`
      <button type="button" class="btn btn-ghost-danger me-auto" onClick=${remove} disabled=${form.busy}><${Icon} name="ti-trash" />${t("삭제")}</button>
      <button type="button" class="btn" onClick=${onClose} disabled=${form.busy}>${t("취소")}</button>
      <button type="submit" form="edit-agent" class="btn btn-primary" disabled=${form.busy}>${form.busy ? t("적용 중…") : t("적용")}</button>`}>
    <form id="edit-agent" class="dialog-form" onSubmit=${save} noValidate autocomplete="off">
      <dl class="facts-line"><div><dt>${t("상담사ID")}</dt><dd>${agent.login}</dd></div><div><dt>${t("내선번호")}</dt><dd>${agent.extension}</dd></div></dl>
      <${Field} label=${t("이름")} error=${form.problems.name}>${(props) => text(form, "name", props, { maxLength: 60 })}<//>
      <${Field} label=${t("그룹")} error=${form.problems.group_id}>${(props) => html`<${Groups} form=${form} props=${props} />`}<//>
      <${Skills} value=${form.values.skills} onChange=${(skills) => form.change({ skills })} error=${form.problems.skills} />
      <${Switch} label=${t("사용")} hint=${t("끄면 로그인할 수 없고 전화를 받지 않습니다. 라이선스는 그대로 차지합니다.")} checked=${form.values.active} onChange=${(active) => form.change({ active })} />
      <div class="island-field"><div class="island-label"><span>${t("담당 메뉴")}</span></div>
        <div class="tags">${mine.length ? mine.map((queue) => html`<span key=${queue.id} class="tag">${queue.keys && html`<b>${keyWords(queue.keys)}</b>`}${queue.name}</span>`) : html`<span class="tag warn">${t("배정 안 됨")}</span>`}
          <button type="button" class="btn btn-sm" onClick=${() => { onClose(); goTo("assign"); }}>${t("상담배정으로 가기")}</button></div></div>
      <div class="island-field"><div class="island-label"><span>${t("로그인과 전화")}</span></div>
        <div class="dialog-buttons"><button type="button" class="btn" onClick=${() => setShown({ kind: "password" })}><${Icon} name="ti-key" />${t("비밀번호 다시 정하기")}</button>
          <button type="button" class="btn" onClick=${renewSip}><${Icon} name="ti-phone" />${t("SIP 계정 다시 만들기")}</button></div>
        <span class="island-hint">${t("SIP 계정은 소프트폰이나 전화기에 넣을 때만 필요합니다. 브라우저로 상담하면 필요 없습니다.")}</span></div>
    </form><//>`;
}

function NewPassword({ agent, onClose, onBack }) {
  const form = useForm({ own: false, password: "" });
  const [made, setMade] = useState(null);
  const save = (event) => {
    event.preventDefault();
    form.send(async ({ own, password }) => {
      const answer = await request("POST", `/agents/${agent.id}/password`, { password: own ? password : null });
      await load("agents");
      if (own) {
        toast(t("비밀번호를 바꿨습니다."), "success");
        onClose();
      } else setMade(answer.password);
    });
  };
  if (made) return html`<${Dialog} key="made" keep title=${t("새 비밀번호")} onClose=${onClose} footer=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("전달했습니다")}</button>`}>
    <p class="dialog-words">${t("{name} 님에게 전해 주세요. 이 창을 닫으면 다시 볼 수 없습니다.", { name: agent.name })}</p>
    <dl class="secrets"><${Secret} label=${t("상담사ID")} value=${agent.login} /><${Secret} label=${t("비밀번호")} value=${made} first /></dl><//>`;
  return html`<${Dialog} title=${t("{name} 님의 비밀번호", { name: agent.name })} onClose=${onBack} busy=${form.busy} footer=${html`
      <button type="button" class="btn" onClick=${onBack} disabled=${form.busy}>${t("취소")}</button>
      <button type="submit" form="new-password" class="btn btn-primary" disabled=${form.busy}>${t("다시 정하기")}</button>`}>
    <form id="new-password" class="dialog-form" onSubmit=${save} noValidate>
      <p class="dialog-words">${t("지금 비밀번호는 볼 수 없습니다. 다시 정하면 이 상담사의 로그인이 모두 풀리고, 로그인 잠김도 풀립니다.")}</p>
      <${Choice} label=${t("비밀번호")} value=${form.values.own} options=${[[false, t("자동으로 만들기")], [true, t("직접 정하기")]]} onChange=${(own) => form.change({ own })} />
      ${form.values.own && html`<${Field} label=${t("새 비밀번호")} hint=${PASSWORD_HINT} error=${form.problems.password}>${(props) => text(form, "password", props, { type: "password", autocomplete: "new-password", maxLength: 200 })}<//>`}
    </form><//>`;
}

const SipAccount = ({ account, agent, onClose }) => html`<${Dialog} keep title=${t("{name} 님의 SIP 계정", { name: agent.name })} onClose=${onClose} footer=${html`<button type="button" class="btn btn-primary" onClick=${onClose}>${t("전달했습니다")}</button>`}>
  <p class="dialog-words">${t("소프트폰이나 전화기에 넣어 주세요. 비밀번호는 이 창을 닫으면 다시 볼 수 없습니다.")}</p>
  <dl class="secrets"><${Secret} label=${t("사용자")} value=${account.user} /><${Secret} label=${t("비밀번호")} value=${account.password} first />
    <${Secret} label=${t("도메인")} value=${account.domain} /><${Secret} label=${t("서버")} value=${account.server} /></dl>
  <${Notice}>${t("도메인은 계정의 일부입니다. 서버(프록시) 주소를 따로 넣는 칸에 서버를 적어 주세요.")}<//><//>`;
