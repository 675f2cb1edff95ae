// The agents' desktop: puts the parts together and watches over the call.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import * as actions from "./_actions.js";
import { rememberToken } from "./_api.js";
import { CallPanel, Ringing, TransferSheet, WrapUp } from "./_call.js";
import { openCustomer } from "./_customer.js";
import { check } from "./_devices.js";
import { DialPad, DialSheet, KeypadSheet } from "./_dial.js";
import { CallSheet, CallbackTab, HistoryTab } from "./_history.js";
import { HomeTab } from "./_home.js";
import { connect } from "./_live.js";
import { DeviceSheet, MoreTab, PasswordSheet } from "./_more.js";
import { Icon, Question, Toasts, html } from "./_parts.js";
import { noticeWords } from "./_notice.js";
import * as phone from "./_phone.js";
import { registerWorker } from "./_pwa.js";
import { ring, stopRinging } from "./_sounds.js";
import { Notices, StatusBar, StatusSheet } from "./_status.js";
import { read, serverNow, set, subscribe, toast, useStore } from "./_store.js";
import { t } from "./_text.js";

const DialTab = () => html`<section class="dial-page"><h1 class="visually-hidden">${t("다이얼패드")}</h1><${DialPad} /></section>`;

const TABS = [
  ["home", "ti-home", t("홈"), HomeTab], ["history", "ti-history", t("상담이력"), HistoryTab],
  ["dial", "ti-dialpad", t("다이얼"), DialTab], ["callbacks", "ti-phone-call", t("콜백"), CallbackTab],
  ["more", "ti-dots", t("더보기"), MoreTab],
];
const SHEETS = {
  status: StatusSheet, transfer: TransferSheet, keypad: KeypadSheet, dial: DialSheet, call: CallSheet,
  devices: DeviceSheet, password: PasswordSheet,
};

function Desk() {
  const tab = useStore((state) => state.tab);
  const sheet = useStore((state) => state.sheet);
  const agent = useStore((state) => state.agent);
  const callId = agent?.call?.id ?? null;
  const inCall = callId && agent.call.phase !== "ringing";
  const writing = agent?.status === "wrap_up" && agent.wrap_up_call && !agent.call;
  const [, , , View] = TABS.find(([key]) => key === tab);
  const Sheet = sheet && SHEETS[sheet.kind];
  useEffect(() => {
    if (inCall || writing) document.querySelector(".side")?.scrollIntoView({ block: "nearest" });
  }, [inCall, writing]);
  return html`
    <div class=${`desk${inCall || writing ? " with-side" : ""}`}>
      <${StatusBar} />
      <nav class="tab-bar" aria-label=${t("주 메뉴")}>${TABS.map(([key, icon, words]) => html`<button key=${key} type="button"
        class=${`tab-${key}`} aria-current=${tab === key ? "page" : undefined} onClick=${() => set({ tab: key })}><${Icon} name=${icon} /><span>${words}</span></button>`)}</nav>
      <div class="stage">
        <${Notices} />
        <main class="main-view"><${View} /></main>
      </div>
      ${(inCall || writing) && html`<aside class="side"><${CallPanel} /><${WrapUp} /></aside>`}
    </div>
    ${Sheet && html`<${Sheet} key=${sheet.kind} ...${sheet} />`}
    <${Question} /><${Ringing} /><${Toasts} />`;
}

const TAKE_BACK_MS = 2_500;

/** What must happen when the call or the phone changes, whatever is on the screen. */
function watch() {
  let callId = null;
  let lastSeen = null;
  let ringing = false;
  let begun = false;
  let told = null;
  let lostSince = 0;
  let awaySince = 0;
  subscribe((state) => {
    const { agent, live } = state;
    if (live.known && !live.simulated) phone.start();
    if (!begun && live.known && live.controller && agent) {
      begun = true; // once per page: a person whom the manager logs out is not logged in again behind their back
      if (agent.status === "logged_out") actions.beginWork();
    }
    // another tab or telephone of this agent was connected instead, and has left
    const away = live.connected && live.switch === "up" && agent?.registered === false && state.phone.state === "registered";
    if (!away) awaySince = 0;
    else if (!awaySince) awaySince = Date.now();
    else if (Date.now() - awaySince > TAKE_BACK_MS) {
      awaySince = 0;
      phone.takeBack();
    }
    const call = agent?.call ?? null;
    // what is remembered changes before anything is set: setting comes back here
    const [before, facts] = [callId, lastSeen];
    [callId, lastSeen] = [call?.id ?? null, call];
    if (callId !== before) {
      lostSince = 0;
      if (facts) keepFacts(facts);
      if (state.audioLost) set({ audioLost: false });
      if (before) actions.keepDraftAfter(before);
      if (callId) actions.loadCurrent(callId);
      if (!callId && ["keypad", "transfer"].includes(state.sheet?.kind)) set({ sheet: null });
    }
    if (agent && (agent.notice ?? "") !== told) {
      const first = told === null; // what happened before the page was opened is no news
      told = agent.notice ?? "";
      if (told && !first) {
        phone.forgetOwnCall();
        toast(noticeWords(told), "error");
      }
    }
    if (call && call.phase !== "ringing") phone.rememberAudio();
    openCustomer(call, state.current);
    const lost = Boolean(call && !live.simulated && phone.hadAudioOf(call.id));
    if (lost && !lostSince) lostSince = Date.now();
    if (lost !== state.audioLost && (!lost || Date.now() - lostSince > 1500)) set({ audioLost: lost });
    const rings = call?.phase === "ringing";
    if (rings !== ringing) {
      ringing = rings;
      if (rings) ring();
      else stopRinging();
      document.title = rings ? `☎ ${t("전화가 왔습니다")}` : t("상담 데스크");
    }
  });
  setInterval(() => set({}), 1000); // so that what waits for time to pass is looked at again
}

const FACTS_KEY = "sangdam-last-call";

/** Remember the call that has just ended, for the head of its write-up, also over a reload. */
function keepFacts(call) {
  const talked = call.answered_at ? (serverNow() - Date.parse(call.answered_at)) / 1000 : 0;
  const lastCall = { ...call, talk_seconds: talked };
  sessionStorage.setItem(FACTS_KEY, JSON.stringify(lastCall));
  set({ lastCall });
}

const me = JSON.parse(document.getElementById("me").textContent);
rememberToken(me.csrf_token);
set({ me, live: { ...read().live, simulated: me.simulated }, lastCall: JSON.parse(sessionStorage.getItem(FACTS_KEY) || "null") });
watch();
connect();
check();
actions.loadLists();
registerWorker();
window.addEventListener("beforeunload", (event) => {
  if (phone.hasSession()) event.preventDefault(); // the sound of the call would be lost
});
render(html`<${Desk} />`, document.getElementById("desk"));
