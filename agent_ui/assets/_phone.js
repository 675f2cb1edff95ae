// The phone in the browser (JsSIP): registers, rings, answers, mutes. Hold and transfer are the server's, by
// REST, never by a re-INVITE from here. In a simulation there is no phone and no sound.
import JsSIP from "jssip";
import { check, constraints } from "./_devices.js";
import { read, set, toast } from "./_store.js";
import { t } from "./_text.js";

const AUTO_ANSWER = "X-Sangdam-Auto-Answer";
const DIAL_PENDING_MS = 45_000;
const AUDIO_KEY = "sangdam-audio-of-call"; // which call's sound was in this tab, to say so when it is lost

const tabs = new BroadcastChannel("sangdam-desk");
tabs.addEventListener("message", ({ data }) => data === "answer" && answer());

let ua = null;
let session = null;
let dialledAt = 0;
let retryIn = 2_000;
let retryTimer = null;

export function start() {
  const { sip } = read().me;
  if (ua || !sip) return;
  JsSIP.debug.disable("JsSIP:*");
  ua = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(sip.ws_url)],
    uri: `sip:${sip.user}@${sip.domain}`,
    password: sip.password,
    user_agent: "Sangdam desk",
    register_expires: 120,
    session_timers: false,
    connection_recovery_min_interval: 2,
    connection_recovery_max_interval: 20,
  });
  // Only now: what listens to the state calls start() again.
  update({ state: "connecting", reason: "" });
  ua.on("connecting", () => keepUnlessRegistered("connecting", ""));
  ua.on("disconnected", () => update({ state: "failed", reason: t("전화 서버에 연결할 수 없습니다. 계속 다시 연결합니다.") }));
  ua.on("registered", () => {
    retryIn = 2_000;
    update({ state: "registered", reason: "" });
  });
  ua.on("unregistered", () => keepUnlessFailed());
  ua.on("registrationFailed", ({ response, cause }) => {
    const why = response ? `${response.status_code} ${response.reason_phrase}` : cause;
    update({ state: "failed", reason: t("전화 등록에 실패했습니다({why}). 계속 다시 시도합니다.", { why }) });
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => ua?.isConnected() && ua.register(), retryIn);
    retryIn = Math.min(retryIn * 2, 30_000);
  });
  ua.on("newRTCSession", ({ originator, session: fresh, request }) => {
    if (originator === "remote") incoming(fresh, request);
  });
  ua.start();
}

/** Register again: the account rings where it registered last, and whoever that was has left. */
export function takeBack() {
  if (ua?.isRegistered() && !session) ua.register();
}

/** Register now, so that this browser is the one that is rung; resolves when done, or after three seconds. */
export function beTheOneRung() {
  if (!ua?.isConnected()) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, 3_000);
    ua.once("registered", () => {
      clearTimeout(timer);
      done();
    });
    ua.register();
  });
}

export function stop() {
  clearTimeout(retryTimer);
  ua?.stop();
  ua = null;
  update({ state: "off", reason: "" });
}

/** The agent has asked for a call: the phone's own ring that follows is answered without asking again. */
export function expectOwnCall() {
  dialledAt = Date.now();
}

export function forgetOwnCall() {
  dialledAt = 0;
}

function incoming(fresh, request) {
  if (session) {
    fresh.terminate({ status_code: 486 });
    return;
  }
  session = fresh;
  const own = request.hasHeader(AUTO_ANSWER) && Date.now() - dialledAt < DIAL_PENDING_MS;
  update({ session: "ringing", muted: false });
  fresh.on("peerconnection", ({ peerconnection }) => listenTo(peerconnection));
  fresh.on("icecandidate", trimGathering());
  fresh.on("confirmed", () => {
    update({ session: "active" });
    rememberAudio();
  });
  fresh.on("getusermediafailed", () => {
    check();
    toast(t("마이크를 사용할 수 없어 전화를 받지 못했습니다. 마이크 연결과 권한을 확인해 주세요."), "error");
  });
  fresh.on("ended", ended);
  fresh.on("failed", ended);
  if (own) {
    dialledAt = 0;
    answer();
  }
}

function listenTo(connection) {
  connection.addEventListener("track", ({ streams, track }) => {
    const far = document.getElementById("far");
    far.srcObject = streams[0] || new MediaStream([track]);
    far.play().catch((error) => toast(t("소리를 재생하지 못했습니다: {why}", { why: error.message }), "error"));
  });
}

/** Candidates of unreachable networks can take seconds; what is there after half a second is enough. */
function trimGathering() {
  let timer = null;
  return ({ ready }) => {
    clearTimeout(timer);
    timer = setTimeout(ready, 500);
  };
}

export const hasSession = () => session !== null;

/** Answer where it rings: with two tabs open the call is in the one that registered last. */
export function answerAnywhere() {
  if (session) answer();
  else tabs.postMessage("answer");
}

export function answer() {
  if (!session || session.isEstablished()) return;
  session.answer({ mediaConstraints: constraints(), pcConfig: { iceServers: [] } });
}

export function refuse() {
  if (session && !session.isEstablished()) session.terminate({ status_code: 480 });
}

/** End the call from here, when the server does not take commands from us any more. */
export function hangUp() {
  if (session) session.terminate();
}

export function mute(on) {
  if (session) session[on ? "mute" : "unmute"]({ audio: true });
  update({ muted: on });
}

function ended() {
  session = null;
  document.getElementById("far").srcObject = null;
  update({ session: null, muted: false });
  sessionStorage.removeItem(AUDIO_KEY);
}

/** Note which call's sound is here; called again when the live view names the call later than the phone. */
export function rememberAudio() {
  const call = read().agent?.call;
  if (call && session?.isEstablished()) sessionStorage.setItem(AUDIO_KEY, call.id);
}

/** Whether this tab had the sound of the call before it was reloaded. */
export function hadAudioOf(callId) {
  return !session && sessionStorage.getItem(AUDIO_KEY) === callId;
}

function keepUnlessRegistered(state, reason) {
  if (read().phone.state !== "failed") update({ state, reason });
}

function keepUnlessFailed() {
  if (read().phone.state === "registered") update({ state: "connecting", reason: "" });
}

function update(changes) {
  set((now) => ({ phone: { ...now.phone, ...changes } }));
}
