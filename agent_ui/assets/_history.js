// 상담이력 and 콜백: lists that load further, a detail with playback, redial and the write-up.
import { useEffect, useState } from "preact/hooks";
import { putWrapUp } from "./_actions.js";
import { get, query, remove } from "./_api.js";
import { clock, day, moment, shortMoment } from "./_format.js";
import { Dialog, Empty, Icon, Player, WrapUpFields, html } from "./_parts.js";
import { ask, attempt, serverNow, set, toast, useStore } from "./_store.js";
import { t } from "./_text.js";

const PER_PAGE = 30;
const DAYS_BACK = 90;

export function Tabs({ tabs, value, onChange, label }) {
  return html`<div class="tabs" role="tablist" aria-label=${label}>${tabs.map(([key, words]) => html`<button key=${key} type="button"
    role="tab" aria-selected=${value === key} onClick=${() => onChange(key)}>${words}</button>`)}</div>`;
}

/** A list that comes in pages: `load(page)` gives {items, total}. Starts again when `key` changes. */
function usePages(load, key) {
  const [state, setState] = useState({ items: null, total: 0, page: 0 });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let open = true;
    setState({ items: null, total: 0, page: 0 });
    attempt(async () => {
      const found = await load(1);
      if (open) setState({ items: found.items, total: found.total, page: 1 });
    });
    return () => { open = false; };
  }, [key, round]);
  const more = () => attempt(async () => {
    const found = await load(state.page + 1);
    setState((now) => ({ items: [...now.items, ...found.items], total: found.total, page: now.page + 1 }));
  });
  return { ...state, more, again: () => setRound((count) => count + 1) };
}

const callIcon = (call) =>
  call.direction === "outbound" ? "ti-phone-outgoing" : call.answered_at || !call.ended_at ? "ti-phone-incoming" : "ti-phone-x";

export function HistoryTab() {
  const me = useStore((state) => state.me);
  const callNow = useStore((state) => state.agent?.call?.id ?? null);
  const [kind, setKind] = useState("mine");
  const load = (page) => {
    const now = serverNow();
    return get(`/calls${query({
      from: day(now - DAYS_BACK * 86_400_000, me.timezone), to: day(now, me.timezone), page, per_page: PER_PAGE,
      agent_id: kind === "mine" ? me.id : null, missed: kind === "missed" ? true : null,
    })}`);
  };
  const list = usePages(load, `${kind}/${callNow}`);
  return html`<section class="list-page"><h1>${t("상담이력")}</h1>
    <${Tabs} label=${t("상담이력")} value=${kind} onChange=${setKind} tabs=${[["mine", t("내 전화")], ["missed", t("미연결 전화")], ["all", t("전체")]]} />
    ${list.items === null ? html`<p class="quiet pad">${t("불러오는 중…")}</p>` : list.items.length === 0
      ? html`<${Empty} icon="ti-history" text=${t("최근 3개월 동안의 이력이 없습니다.")} />`
      : html`<ul class="rows">${list.items.map((call) => html`<li key=${call.id}>
        <button type="button" class="row-main" onClick=${() => set({ sheet: { kind: "call", id: call.id, onSaved: list.again } })}>
          <${Icon} name=${callIcon(call)} />
          <span class="grow"><strong>${call.name || call.number || t("발신번호 표시제한")}</strong>
            <small>${[call.queue, call.contact_type, call.agent].filter(Boolean).join(" · ") || call.outcome_text}</small></span>
          <span class="row-end"><span>${shortMoment(call.started_at, me.timezone, serverNow())}</span>
            <small>${call.talk_seconds ? clock(Math.round(call.talk_seconds)) : call.ended_at ? t("미연결") : t("진행 중")}</small></span>
        </button>
        <button type="button" class="row-act" disabled=${!/\d/.test(call.number)} aria-label=${t("다시 걸기")} onClick=${() => redial(call)}><${Icon} name="ti-phone" /></button>
      </li>`)}</ul>`}
    ${list.items && list.items.length < list.total && html`<button type="button" class="btn more" onClick=${list.more}>${t("더 보기")}</button>`}
  </section>`;
}

const redial = (call) =>
  set({ sheet: { kind: "dial", target: { call_id: call.id }, shown: call.name ? `${call.name} ${call.number}` : call.number } });

export function CallSheet({ id, onSaved }) {
  const me = useStore((state) => state.me);
  const [call, setCall] = useState(null);
  const [draft, setDraft] = useState(null);
  const close = () => set({ sheet: null });
  useEffect(() => {
    attempt(async () => {
      const path = `/calls/${encodeURIComponent(id)}`;
      const [found, written] = await Promise.all([get(path), get(`${path}/wrap-up`)]);
      setCall(found);
      setDraft(written);
    });
  }, [id]);
  const save = () => attempt(async () => {
    await putWrapUp(id, draft);
    toast(t("상담 내용을 저장했습니다."));
    close();
    onSaved?.();
  });
  const mine = call?.talks.some((talk) => talk.agent_id === me.id) || call?.agent_id === me.id;
  const others = (call?.wrap_ups ?? []).filter((wrap) => wrap.agent_id !== me.id);
  const fact = (label, value) => value ? html`<dt>${label}</dt><dd>${value}</dd>` : null;
  return html`<${Dialog} title=${t("상담 상세")} onClose=${close} wide>
    ${!call || !draft ? html`<p>${t("불러오는 중…")}</p>` : html`
      <dl class="fact-list">
        ${fact(t("통화정보"), { inbound: t("착신전화"), outbound: t("발신전화"), internal: t("내선통화") }[call.direction])}
        ${fact(t("전화번호"), `${call.name ? `${call.name} · ` : ""}${call.number || t("발신번호 표시제한")}`)}
        ${fact(t("통화일시"), moment(call.started_at, me.timezone))}
        ${fact(t("상담메뉴"), call.queue)} ${fact(t("상담사"), call.agent)}
        ${fact(t("통화시간"), call.talk_seconds ? clock(Math.round(call.talk_seconds)) : "")} ${fact(t("결과"), call.outcome_text)}
      </dl>
      ${call.recorded && html`<${Player} callId=${id} />`}
      ${others.map((wrap) => html`<div class="other-note" key=${wrap.agent_id}><strong>${wrap.agent}</strong> ${wrap.contact_type}
        ${wrap.inquiry && html`<p>${t("문의")}: ${wrap.inquiry}</p>`}${wrap.action && html`<p>${t("조치")}: ${wrap.action}</p>`}</div>`)}
      ${mine && html`<${WrapUpFields} value=${draft} onChange=${(changes) => setDraft({ ...draft, ...changes })} />`}
      <div class="button-row">
        <button type="button" class="btn" disabled=${!/\d/.test(call.number)} onClick=${() => redial(call)}><${Icon} name="ti-phone" />${t("다시 걸기")}</button>
        ${mine && html`<button type="button" class="btn btn-primary" onClick=${save}>${t("저장")}</button>`}
      </div>`}
  <//>`;
}

export function CallbackTab() {
  const zone = useStore((state) => state.me.timezone);
  const callNow = useStore((state) => state.agent?.call?.id ?? null);
  const [state, setState] = useState("pending");
  const list = usePages((page) => get(`/callbacks${query({ state, page, per_page: PER_PAGE })}`), `${state}/${callNow}`);
  const drop = async (row) => {
    if (!(await ask(t("{number} 콜백을 목록에서 삭제할까요?", { number: row.number }), t("삭제"), true))) return;
    await attempt(() => remove(`/callbacks/${row.id}`));
    list.again();
  };
  const open = (row) => set({ sheet: { kind: "dial", target: { callback_id: row.id }, shown: row.number, words: row.queue } });
  return html`<section class="list-page"><h1>${t("콜백")}</h1>
    <${Tabs} label=${t("콜백")} value=${state} onChange=${setState} tabs=${[["pending", t("미처리 목록")], ["done", t("처리 목록")]]} />
    ${list.items === null ? html`<p class="quiet pad">${t("불러오는 중…")}</p>` : list.items.length === 0
      ? html`<${Empty} icon="ti-phone-check" text=${state === "pending" ? t("처리할 콜백이 없습니다.") : t("처리한 콜백이 없습니다.")} />`
      : html`<ul class="rows">${list.items.map((row) => html`<li key=${row.id}>
        <button type="button" class="row-main" disabled=${state !== "pending"} onClick=${() => open(row)}>
          <${Icon} name=${state === "pending" ? "ti-phone-call" : "ti-phone-check"} />
          <span class="grow"><strong>${row.number}</strong><small>${[row.queue, row.agent].filter(Boolean).join(" · ")}</small></span>
          <span class="row-end"><span>${shortMoment(row.requested_at, zone, serverNow())}</span>
            <small>${row.done_at ? `${t("완료")} ${shortMoment(row.done_at, zone, serverNow())}` : t("접수")}</small></span>
        </button>
        ${state === "pending" && html`<button type="button" class="row-act" aria-label=${t("삭제")} onClick=${() => drop(row)}><${Icon} name="ti-trash" /></button>`}
      </li>`)}</ul>`}
    ${list.items && list.items.length < list.total && html`<button type="button" class="btn more" onClick=${list.more}>${t("더 보기")}</button>`}
  </section>`;
}
