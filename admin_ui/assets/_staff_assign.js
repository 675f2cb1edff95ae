// 상담배정: menu → agents in tiers, by dragging chips, by a list to tick, or by keys.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Dialog, Icon, announce, confirm, html, request, t, toast, useNarrow } from "./_island.js";
import { useDrag } from "./_staff_drag.js";
import { change, changesOf, draftOf, lastTier, onTier, place, skilled, unassigned } from "./_staff_draft.js";
import { CardHead, Empty, Notice, keyWords, tierName } from "./_staff_parts.js";
import { PEOPLE, load, put, refresh, useData, useUnsaved } from "./_staff_store.js";

const MOST_TIERS = 9;

export function Assign() {
  const agents = useData((state) => state.agents);
  const skills = useData((state) => state.skills);
  const assignments = useData((state) => state.assignments);
  const kept = useData((state) => state.draft);
  const [busy, setBusy] = useState(false);
  const [picking, setPicking] = useState(null);
  const refocus = useRef(null);
  const narrow = useNarrow(1099);
  const base = useMemo(() => draftOf(assignments.queues), [assignments]);
  const draft = kept ?? base;
  const changed = changesOf(draft, base);
  const setDraft = (next) => put({ draft: changesOf(next, base).length ? next : null });
  const alone = unassigned(agents, draft);
  const without = assignments.queues.filter((queue) => !Object.keys(draft[queue.id].levels).length && !skilled(agents, draft[queue.id]).length);
  const [drag, begin] = useDrag(({ agentId, from, name }, lane) => {
    const [queueId, tier] = lane.split(":").map(Number);
    let next = draft;
    if (from && from !== queueId) next = place(next, from, agentId, 0);
    if (queueId) next = place(next, queueId, agentId, tier);
    if (next !== draft) tell(next, queueId, agentId, name);
    setDraft(next);
  });

  useLayoutEffect(() => {
    // before the next key: a chip that moves is a new element, and the focus was lost with the old one
    if (refocus.current) document.querySelector(`[data-chip="${refocus.current}"]`)?.focus();
    refocus.current = null;
  });
  useUnsaved("assign", changed.length > 0);

  const tell = (next, queueId, agentId, name) => {
    const queue = assignments.queues.find((each) => each.id === queueId);
    const level = queue && next[queueId].levels[agentId];
    announce(level ? t("{name}: {menu} {tier}", { name, menu: queue.name, tier: tierName(level) }) : t("{name}: 배정에서 뺐습니다.", { name }));
  };
  const move = (queueId, agent, level) => {
    const next = place(draft, queueId, agent.id, level);
    refocus.current = level ? `${queueId}-${agent.id}` : null;
    tell(next, queueId, agent.id, agent.name);
    setDraft(next);
  };
  const save = async (over = false) => {
    setBusy(true);
    try {
      put({ assignments: await request("PUT", "/assignments", { queues: changed, revision: over ? null : assignments.revision }), draft: null });
      await load("agents", "skills");
      toast(t("적용했습니다. 다음 전화부터 이대로 울립니다."), "success");
    } catch (error) {
      if (error.code === "changed_since") await together();
      else toast(error.details?.problems?.[0]?.message ?? error.message, "error");
    }
    setBusy(false);
  };
  const together = async () => {
    const mine = await confirm(t("그사이 다른 관리자가 배정을 바꾸었습니다. 내가 바꾼 메뉴를 그대로 저장할까요, 새로 불러올까요?"), { title: t("배정이 바뀌었습니다"), yes: t("내 내용으로 저장"), no: t("새로 불러오기") });
    if (mine) return save(true);
    put({ draft: null });
    return refresh(...PEOPLE);
  };

  if (!assignments.queues.length) {
    return html`<section class="staff-card"><${CardHead} title=${t("상담배정")} />
      <${Empty} icon="ti-list-numbers" title=${t("아직 상담 메뉴가 없습니다")}>${t("ARS서비스에서 상담사에게 연결하는 메뉴를 먼저 만들어 주세요.")} <a class="btn btn-sm btn-primary" href="/settings/ars">${t("ARS서비스로 가기")}</a><//></section>`;
  }
  return html`
    ${alone.length > 0 && html`<${Notice} kind="warning"><strong>${t("아직 배정하지 않은 상담사: {names}", { names: alone.map((agent) => agent.name).join(", ") })}</strong>
      <span>${t("새로 추가한 상담사는 자동으로 배정되지 않습니다. 아래에서 메뉴에 배정해 주세요.")}</span><//>`}
    ${without.length > 0 && html`<${Notice} kind="warning"><strong>${t("받을 상담사가 없는 메뉴: {names}", { names: without.map((queue) => queue.name).join(", ") })}</strong>
      <span>${t("이 메뉴로 들어온 고객은 상담사와 연결되지 않습니다.")}</span><//>`}
    <div class=${`assign${drag ? " dragging" : ""}`}>
      <section class="staff-card"><${CardHead} title=${t("상담배정")} hint=${t("메뉴마다 전화를 받을 상담사를 정합니다. 1차 상담사에게 먼저 울리고, 모두 받을 수 없으면 2차로 넘어갑니다.")} />
        ${assignments.queues.map((queue) => html`<${Queue} key=${queue.id} queue=${queue} entry=${draft[queue.id]} agents=${agents} skills=${skills} drag=${drag} begin=${begin}
          changed=${changed.some((each) => each.id === queue.id)} onMove=${move} onPick=${(tier) => setPicking({ queue, tier })} onSkill=${(skill) => setDraft(change(draft, queue.id, { skill }))} />`)}
        <p class="key-help"><${Icon} name="ti-keyboard" />${t("키보드: 상담사 이름에서 ↑ ↓ 로 차수를 바꾸고 Delete 로 뺍니다.")}</p>
      </section>
      ${!narrow && html`<${Pool} agents=${agents} draft=${draft} alone=${alone} drag=${drag} begin=${begin} />`}
    </div>
    <div class=${`staff-bar${changed.length ? " waiting" : ""}`}>
      <span class="bar-words" role="status"><i class=${changed.length ? "on" : ""}></i>${changed.length ? t("메뉴 {count}개의 배정을 바꿨습니다", { count: changed.length }) : t("지금 통화에 쓰이는 배정과 같습니다")}</span>
      <span class="bar-buttons">${changed.length > 0 && html`<button type="button" class="btn" disabled=${busy} onClick=${() => put({ draft: null })}>${t("되돌리기")}</button>`}
        <button type="button" class="btn btn-primary" disabled=${!changed.length || busy} onClick=${() => save()}>${busy ? t("적용 중…") : t("적용")}</button></span></div>
    ${drag && html`<div class="drag-ghost chip" style=${{ left: `${drag.x}px`, top: `${drag.y}px` }}>${drag.name}</div>`}
    ${picking && html`<${Picker} ...${picking} entry=${draft[picking.queue.id]} agents=${agents} onClose=${() => setPicking(null)} onDone=${(chosen) => {
      let next = draft;
      for (const agent of onTier(agents, draft[picking.queue.id].levels, picking.tier)) if (!chosen.includes(agent.id)) next = place(next, picking.queue.id, agent.id, 0);
      for (const id of chosen) next = place(next, picking.queue.id, id, picking.tier);
      setDraft(next);
      setPicking(null);
    }} />`}`;
}

function Queue({ queue, entry, agents, skills, drag, begin, changed, onMove, onPick, onSkill }) {
  const tiers = Math.max(1, lastTier(entry.levels));
  const bySkill = skilled(agents, entry);
  const nobody = !Object.keys(entry.levels).length && !bySkill.length;
  const keys = (event, agent, tier) => {
    const to = { ArrowUp: tier - 1, ArrowDown: tier + 1, Delete: 0, Backspace: 0 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to === 0 && event.key.startsWith("Arrow")) return;
    if (to <= MOST_TIERS) onMove(queue.id, agent, to);
  };
  return html`<section class=${`queue${nobody ? " nobody" : ""}${changed ? " changed" : ""}`} aria-label=${queue.name}>
    <header><span class="queue-keys">${keyWords(queue.keys) || html`<${Icon} name="ti-phone" />`}</span><h3>${queue.name}</h3>
      ${!queue.live && html`<span class="tag" title=${t("ARS서비스에서 적용하면 전화가 들어옵니다.")}>${t("적용 전")}</span>`}
      ${nobody && html`<span class="tag warn">${t("받을 상담사가 없습니다")}</span>`}
      ${skills.length > 0 && html`<label class="queue-skill"><span>${t("스킬")}</span><select class="form-select form-select-sm" value=${entry.skill ?? ""} onChange=${(event) => onSkill(event.target.value ? Number(event.target.value) : null)}>
        <option value="">${t("쓰지 않음")}</option>${skills.map((skill) => html`<option key=${skill.id} value=${skill.id}>${skill.name}</option>`)}</select></label>`}
    </header>
    ${Array.from({ length: tiers }, (_, index) => index + 1).map((tier) => html`<div key=${tier} class=${`lane${drag?.over === `${queue.id}:${tier}` ? " over" : ""}`} data-lane=${`${queue.id}:${tier}`}>
      <span class="lane-name">${tierName(tier)}</span>
      <ul>${onTier(agents, entry.levels, tier).map((agent) => html`<li key=${agent.id} class=${`chip${agent.active ? "" : " inactive"}${drag?.agentId === agent.id && drag.from === queue.id ? " lifted" : ""}`}
          onPointerDown=${(event) => begin(event, { agentId: agent.id, from: queue.id, name: agent.name })}>
          <button type="button" class="chip-name" data-chip=${`${queue.id}-${agent.id}`} aria-label=${t("{name}, {tier}. 위아래 화살표로 차수, Delete로 빼기", { name: agent.name, tier: tierName(tier) })}
            onKeyDown=${(event) => keys(event, agent, tier)}>${agent.name}${agent.active ? "" : ` (${t("사용 중지")})`}</button>
          <button type="button" class="chip-remove" data-no-drag aria-label=${t("{name} 빼기", { name: agent.name })} onClick=${() => onMove(queue.id, agent, 0)}><${Icon} name="ti-x" /></button></li>`)}
        ${tier === 1 && bySkill.map(([agent, level]) => html`<li key=${`s${agent.id}`} class="chip by-skill" title=${t("스킬이 있어 함께 받습니다. 스킬은 상담인원에서 바꿉니다.")}><${Icon} name="ti-star" />${agent.name}${level > 1 ? ` · ${tierName(level)}` : ""}</li>`)}
        <li><button type="button" class="lane-add" onClick=${() => onPick(tier)}><${Icon} name="ti-plus" />${nobody && tier === 1 ? t("상담사를 배정하세요") : html`<span class="visually-hidden">${t("{menu} {tier}에 상담사 추가", { menu: queue.name, tier: tierName(tier) })}</span>`}</button></li></ul></div>`)}
    ${!nobody && tiers < MOST_TIERS && lastTier(entry.levels) > 0 && html`<div class=${`lane next${drag?.over === `${queue.id}:${tiers + 1}` ? " over" : ""}`} data-lane=${`${queue.id}:${tiers + 1}`}>
      <button type="button" class="lane-add" onClick=${() => onPick(tiers + 1)}><${Icon} name="ti-plus" />${t("{tier} 상담사", { tier: tierName(tiers + 1) })}</button></div>`}
  </section>`;
}

function Pool({ agents, draft, alone, drag, begin }) {
  const count = (agent) => Object.values(draft).filter((entry) => entry.levels[agent.id]).length;
  return html`<aside class=${`staff-card pool${drag?.from && drag.over === "0:0" ? " over" : ""}`} data-lane="0:0" aria-label=${t("상담사")}>
    <${CardHead} title=${t("상담사")} hint=${t("메뉴로 끌어다 놓으세요. 여기로 끌면 배정에서 빠집니다.")} />
    <ul>${agents.filter((agent) => agent.active).map((agent) => html`<li key=${agent.id} class=${`chip${alone.includes(agent) ? " alone" : ""}`} onPointerDown=${(event) => begin(event, { agentId: agent.id, from: 0, name: agent.name })}>
      <${Icon} name="ti-grip-vertical" /><span>${agent.name}</span><small>${alone.includes(agent) ? t("배정 안 됨") : t("메뉴 {count}개", { count: count(agent) })}</small></li>`)}</ul></aside>`;
}

/** A list to tick: who is on this tier of the queue. */
function Picker({ queue, tier, entry, agents, onClose, onDone }) {
  const [chosen, setChosen] = useState(onTier(agents, entry.levels, tier).map((agent) => agent.id));
  const [words, setWords] = useState("");
  const shown = agents.filter((agent) => `${agent.name} ${agent.login} ${agent.group}`.toLowerCase().includes(words.trim().toLowerCase()));
  const toggle = (id, on) => setChosen(on ? [...chosen, id] : chosen.filter((each) => each !== id));
  return html`<${Dialog} title=${`${queue.name} · ${tierName(tier)}`} onClose=${onClose} footer=${html`<button type="button" class="btn" onClick=${onClose}>${t("취소")}</button>
      <button type="button" class="btn btn-primary" onClick=${() => onDone(chosen)}>${t("확인")}</button>`}>
    ${agents.length > 8 && html`<label class="search mb-2"><${Icon} name="ti-search" /><span class="visually-hidden">${t("상담사 찾기")}</span><input class="form-control" type="search" value=${words} onInput=${(event) => setWords(event.target.value)} /></label>`}
    ${agents.length === 0 ? html`<${Empty} icon="ti-user-plus" title=${t("아직 상담사가 없습니다")}>${t("상담인원에서 상담사를 먼저 추가해 주세요.")}<//>` : html`<ul class="pick-list">${shown.map((agent) => html`<li key=${agent.id}><label>
      <input type="checkbox" class="form-check-input" checked=${chosen.includes(agent.id)} onChange=${(event) => toggle(agent.id, event.target.checked)} />
      <span><strong>${agent.name}</strong> <small>${agent.login} · ${agent.group}${agent.active ? "" : ` · ${t("사용 중지")}`}</small></span>
      ${entry.levels[agent.id] && entry.levels[agent.id] !== tier && html`<span class="tag">${t("지금 {tier}", { tier: tierName(entry.levels[agent.id]) })}</span>`}</label></li>`)}</ul>`}<//>`;
}
