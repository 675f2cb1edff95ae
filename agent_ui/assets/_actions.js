// What the person can do. Each talks to the server; what comes of it arrives by the live view.
import { command, get, put } from "./_api.js";
import * as phone from "./_phone.js";
import { ask, attempt, read, set, toast } from "./_store.js";
import { t } from "./_text.js";

const DRAFT_KEY = "sangdam-draft";

export const isSimulated = () => read().live.simulated;

// -- status ---------------------------------------------------------------------------------------

export const beginWork = () => attempt(() => command("login"));

/** Chosen by the person. Leaving 후처리 saves what was written up first; a refusal keeps everything. */
export async function chooseStatus(status, reason = "") {
  const { agent } = read();
  set({ sheet: null });
  await attempt(async () => {
    if (agent?.wrap_up_call && status !== "wrap_up") {
      await saveDraft(agent.wrap_up_call);
      await command("wrap-up", { status, reason });
      toast(t("상담 내용을 저장했습니다."));
    } else {
      await command("status", { status, reason });
    }
  });
}

export async function endWork() {
  if (!(await ask(t("상담 업무를 마치고 로그아웃할까요?"), t("로그아웃")))) return;
  const done = await attempt(async () => {
    try {
      await command("logout");
    } catch (error) {
      if (!["not_logged_in", "controller_timeout", "unknown_agent"].includes(error.code)) throw error;
    }
    return true;
  });
  if (!done) return;
  phone.stop();
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/desk/logout";
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "csrf_token";
  field.value = read().me.csrf_token;
  form.append(field);
  document.body.append(form);
  form.submit();
}

// -- calls ------------------------------------------------------------------------------------------

/** `target`: {number} or {callback_id} or {call_id}. */
export async function dial(target) {
  const { devices } = read();
  if (!isSimulated() && !otherPhone() && ["missing", "denied", "insecure"].includes(devices.mic)) {
    toast(t("마이크를 사용할 수 없어 전화를 걸 수 없습니다. 장치를 확인해 주세요."), "error");
    set({ sheet: { kind: "devices" } });
    return false;
  }
  phone.expectOwnCall();
  const done = await attempt(() => command("dial", target));
  if (done === undefined) phone.forgetOwnCall();
  else set({ sheet: null });
  return done !== undefined;
}

/** A desk phone or softphone is registered for this agent although the browser's own phone is not. */
function otherPhone() {
  const { agent, phone: own } = read();
  return Boolean(agent?.registered) && own.state !== "registered";
}

export function accept() {
  if (!isSimulated()) phone.answerAnywhere();
  // a telephone on the desk is told to answer by the server
  return isSimulated() || !phone.hasSession() ? attempt(() => command("answer")) : undefined;
}

export async function reject() {
  const { agent } = read();
  if (agent?.state === "ringing" || agent?.call?.phase === "ringing") {
    const done = await attempt(() => command("reject"));
    if (done !== undefined) return;
  }
  phone.refuse();
}

export const hangUp = () => attempt(async () => {
  try {
    await command("hangup");
  } catch (error) {
    if (error.code !== "not_authenticated") throw error;
    phone.hangUp();
  }
});
/** The sound of the call is not here (page loaded anew, another telephone): have this phone called and answer. */
export async function reconnect() {
  await phone.beTheOneRung(); // another tab may have registered later
  phone.expectOwnCall();
  const done = await attempt(() => command("reconnect"));
  if (done === undefined) phone.forgetOwnCall();
}
export const hold = (on) => attempt(() => command(on ? "hold" : "resume"));
export const sendDigits = (digits) => attempt(() => command("digits", { digits }));

export async function mute(on) {
  phone.mute(on); // at once in the browser: nobody waits for a server to be silent
  const done = await attempt(() => command("mute", { on }));
  if (done === undefined) phone.mute(!on);
}

export const transfer = (mode, target) =>
  attempt(async () => {
    await command(mode === "consult" ? "transfer/consult" : "transfer/blind", target);
    set({ sheet: null });
  });
export const completeTransfer = () => attempt(() => command("transfer/complete"));
export const cancelTransfer = () => attempt(() => command("transfer/cancel"));

export async function forceEnd() {
  const sure = await ask(t("고객에게 종료 안내를 들려주고 통화를 끝낼까요?"), t("강성종료"), true);
  if (sure) await attempt(() => command("force-end"));
}

// -- write-ups ----------------------------------------------------------------------------------------

export function draftOf(callId) {
  const { draft } = read();
  if (draft?.callId === callId) return draft;
  const kept = JSON.parse(sessionStorage.getItem(DRAFT_KEY) || "null");
  return kept?.callId === callId ? kept : { callId, contact_type_id: null, inquiry: "", action: "", touched: false };
}

export function writeDraft(callId, changes) {
  const draft = { ...draftOf(callId), ...changes, touched: true };
  sessionStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
  set({ draft });
}

async function saveDraft(callId) {
  const draft = draftOf(callId);
  if (!draft.touched) return;
  for (let tries = 0; ; tries += 1) {
    try {
      await putWrapUp(callId, draft);
      break;
    } catch (error) {
      // the record of a call that has just ended may be a second behind
      if (error.code !== "not_found" || tries === 4) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  sessionStorage.removeItem(DRAFT_KEY);
  set({ draft: null });
}

export function putWrapUp(callId, { contact_type_id, inquiry, action }) {
  return put(`/calls/${encodeURIComponent(callId)}/wrap-up`, { contact_type_id, inquiry, action });
}

/** A call ended without 후처리 (the manager's setting): what was written meanwhile is kept all the same. */
export async function keepDraftAfter(callId) {
  const draft = draftOf(callId);
  if (!draft.touched || read().agent?.wrap_up_call === callId) return;
  await attempt(async () => {
    await saveDraft(callId);
    toast(t("상담 내용을 저장했습니다."));
  });
}

// -- what is loaded -----------------------------------------------------------------------------------

export async function loadLists() {
  await attempt(async () => {
    const lists = ["/contact-types", "/break-reasons", "/agents"];
    const [types, reasons, colleagues] = await Promise.all(lists.map(get));
    set({ types, reasons, colleagues });
  });
}

export const loadSummary = () => attempt(async () => set({ summary: await get("/summary") }));

export async function loadCurrent(callId) {
  await attempt(async () => {
    const found = await get("/agent/current");
    if (found.call?.id !== callId) return;
    set({ current: { callId, customer: found.customer_name, recent: found.recent, url: found.integration_url } });
  });
}
