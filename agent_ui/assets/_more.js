// 더보기: password, devices, installing, language, licences, logging out.
import { useEffect, useState } from "preact/hooks";
import { endWork } from "./_actions.js";
import { put } from "./_api.js";
import { allowMicrophone, check, choose, constraints } from "./_devices.js";
import { Dialog, Icon, html } from "./_parts.js";
import { install, onInstallable } from "./_pwa.js";
import { attempt, set, toast, useStore } from "./_store.js";
import { language, t } from "./_text.js";

export function MoreTab() {
  const me = useStore((state) => state.me);
  const [installable, setInstallable] = useState(false);
  useEffect(() => onInstallable(setInstallable), []);
  const row = (icon, words, act) => html`<li><button type="button" class="row-main" onClick=${act}><${Icon} name=${icon} /><span class="grow">${words}</span><${Icon} name="ti-chevron-right" /></button></li>`;
  return html`<section class="list-page"><h1>${t("더보기")}</h1>
    <ul class="rows">
      ${row("ti-volume", t("장치 설정"), () => set({ sheet: { kind: "devices" } }))}
      ${row("ti-lock", t("비밀번호 변경"), () => set({ sheet: { kind: "password" } }))}
      ${installable && row("ti-download", t("앱 설치"), install)}
      <li><form method="post" action="/language">
        <input type="hidden" name="csrf_token" value=${me.csrf_token} /><input type="hidden" name="next" value="/desk/" />
        <button type="submit" class="row-main" name="language" value=${language === "en" ? "ko" : "en"}>
          <${Icon} name="ti-language" /><span class="grow">${language === "en" ? "한국어" : "English"}</span><${Icon} name="ti-chevron-right" /></button>
      </form></li>
      <li><a class="row-main" href="/desk/licences"><${Icon} name="ti-license" /><span class="grow">${t("오픈소스 라이선스")}</span><${Icon} name="ti-chevron-right" /></a></li>
      ${row("ti-logout", t("로그아웃"), endWork)}
    </ul>
  </section>`;
}

export function PasswordSheet() {
  const [error, setError] = useState("");
  const close = () => set({ sheet: null });
  const save = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    if (form.get("new") !== form.get("again")) {
      setError(t("새 비밀번호가 서로 다릅니다."));
      return;
    }
    try {
      await put("/me/password", { old: form.get("old"), new: form.get("new") });
      toast(t("비밀번호를 변경했습니다."));
      close();
    } catch (refusal) {
      setError(refusal.message);
    }
  };
  const field = (name, label, complete) => html`<label class="field"><span class="field-label">${label}</span>
    <input class="form-control" type="password" name=${name} required maxlength="200" autocomplete=${complete} /></label>`;
  return html`<${Dialog} title=${t("비밀번호 변경")} onClose=${close}>
    <form onSubmit=${save}>
      ${error && html`<div class="alert alert-danger" role="alert">${error}</div>`}
      ${field("old", t("기존 비밀번호"), "current-password")}
      ${field("new", t("새 비밀번호"), "new-password")}
      ${field("again", t("새 비밀번호 확인"), "new-password")}
      <p class="quiet">${t("8자 이상, 영문자와 숫자를 함께 사용해 주세요.")}</p>
      <div class="button-row"><button type="button" class="btn" onClick=${close}>${t("취소")}</button>
        <button type="submit" class="btn btn-primary">${t("변경")}</button></div>
    </form>
  <//>`;
}

/** 마이크 and 출력, with a meter that shows whether the microphone hears anything. */
export function DeviceSheet() {
  const devices = useStore((state) => state.devices);
  useEffect(() => { check(); }, []);
  const states = {
    ok: t("마이크를 사용할 수 있습니다."), missing: t("마이크가 없습니다. 마이크나 헤드셋을 연결해야 통화할 수 있습니다."),
    denied: t("마이크 사용이 차단되어 있습니다. 브라우저 주소창의 자물쇠에서 마이크를 허용해 주세요."),
    insecure: t("보안 연결(HTTPS)이 아니어서 브라우저가 마이크를 허용하지 않습니다. HTTPS 주소로 접속해 주세요."),
    ask: t("통화하려면 마이크 사용을 허용해야 합니다."), unknown: t("장치를 확인하고 있습니다…"),
  };
  const select = (kind, label, list, chosen) => html`<label class="field"><span class="field-label">${label}</span>
    <select class="form-select" value=${chosen} onChange=${(event) => choose(kind, event.target.value)}>
      <option value="">${t("기본 장치")}</option>
      ${list.filter((device) => device.id && device.id !== "default").map((device) => html`<option key=${device.id} value=${device.id} selected=${device.id === chosen}>${device.label}</option>`)}
    </select></label>`;
  return html`<${Dialog} title=${t("장치 설정")} onClose=${() => set({ sheet: null })}>
    <p class=${devices.mic === "ok" ? "device-good" : "device-bad"}><${Icon} name=${devices.mic === "ok" ? "ti-circle-check" : "ti-alert-triangle"} />${states[devices.mic]}</p>
    ${devices.mic === "ask" && html`<button type="button" class="btn btn-primary" onClick=${allowMicrophone}>${t("마이크 허용")}</button>`}
    ${devices.mic === "ok" && html`<${Meter} key=${devices.input} />`}
    ${select("input", t("마이크"), devices.inputs, devices.input)}
    ${devices.outputs.length > 0 ? select("output", t("출력"), devices.outputs, devices.output)
      : html`<p class="quiet">${t("이 브라우저에서는 출력 장치를 운영체제 설정에서 바꿉니다.")}</p>`}
  <//>`;
}

function Meter() {
  const [level, setLevel] = useState(null);
  useEffect(() => {
    let stream = null;
    let context = null;
    let timer = null;
    let open = true;
    attempt(async () => {
      const got = await navigator.mediaDevices.getUserMedia(constraints());
      if (!open) { got.getTracks().forEach((track) => track.stop()); return; }
      stream = got;
      context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const loud = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
        setLevel(Math.min(100, Math.round(loud * 300)));
      }, 100);
    });
    return () => {
      open = false;
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
      context?.close();
    };
  }, []);
  return html`<div class="mic-meter"><span>${t("입력 크기")}</span><meter min="0" max="100" value=${level ?? 0}></meter></div>`;
}
