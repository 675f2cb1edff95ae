// One announcement: its text with counter, default and instant preview, or a file that is played instead.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { FieldError, Icon, announce, attempt, html, toast, upload } from "./_island.js";
import { LONGEST_TEXT, textOf, tooLong } from "./_ars_document.js";
import { play, speechUrl, stop, uploadUrl, usePlaying } from "./_ars_sound.js";
import { edit, problemAt, useStore } from "./_ars_store.js";
import { language, t } from "./_text.js";

const ACCEPTED = ".wav,.mp3,.m4a,.ogg,audio/*";
export const SECONDS = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/** A button that plays: `find()` resolves to the sound's address; with `ahead` it is fetched as soon as one points at it. */
export function Listen({ id, find, ahead, label = t("미리듣기"), disabled, className = "" }) {
  const state = usePlaying(id);
  const press = () => (state === "idle" ? attempt(() => play(id, find)) : stop());
  const fetchAhead = () => { if (ahead && !disabled) find().catch(() => undefined); };
  const playing = useRef(state);
  playing.current = state;
  useEffect(() => () => playing.current !== "idle" && stop(), []);
  const [icon, words] = { loading: ["ti-loader-2 spinning", t("준비 중…")], playing: ["ti-player-stop-filled", t("멈추기")] }[state] ?? ["ti-player-play-filled", label];
  return html`<button type="button" class=${`btn btn-sm listen ${state} ${className}`} disabled=${disabled} onPointerEnter=${fetchAhead} onFocus=${fetchAhead} onClick=${press}>
    <${Icon} name=${icon} /><span>${words}</span></button>`;
}

/** A text area as high as its text. */
export function Area({ value, ...rest }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const area = ref.current;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [value]);
  return html`<textarea ref=${ref} class="form-control" rows="2" value=${value} ...${rest}></textarea>`;
}

/**
 * `name`: the prompt's name. `made` says from what the default text is made ("menu", "hours"), when it follows the settings.
 * With `value` and `onText` the text is kept elsewhere than in the document's texts (an entry's announcement).
 */
export function Prompt({ name, label, hint, made, value, onText, placeholder, where = `texts.${name}` }) {
  const [own, standard, file, spoken] = ["texts", "defaults", "uploads", "spoken"].map((part) =>
    useStore((state) => (part === "texts" || part === "uploads" ? state.document[part] : state[part])[name] ?? ""));
  const speaks = useStore((state) => state.speech.speaks);
  const problem = useStore((state) => problemAt(state.problems, where));
  const contradictions = useStore((state) => state.contradictions);
  const [typing, setTyping] = useState(null); // an emptied field stays empty until it is left
  const [dragged, setDragged] = useState(false);
  const kept = onText !== undefined;
  const text = kept ? value : (typing ?? (own || standard));
  const isDefault = !kept && !own && typing === null;
  const said = contradictions.filter((each) => promptOf(each) === name);
  const write = (typed) => {
    if (kept) return onText(typed);
    setTyping(typed.trim() ? null : typed);
    return edit((document) => {
      if (typed.trim() && typed !== standard) document.texts[name] = typed;
      else delete document.texts[name];
    });
  };
  const sending = useSending(name, where);
  const drop = (event) => {
    event.preventDefault();
    setDragged(false);
    sending.send(event.dataTransfer.files[0]);
  };
  const id = `prompt-${name}`;
  const over = text.length > LONGEST_TEXT;
  return html`<div class=${`prompt${dragged ? " dropping" : ""}`}
    onDragOver=${(event) => { event.preventDefault(); setDragged(true); }} onDragLeave=${() => setDragged(false)} onDrop=${drop}>
    <div class="island-label"><label for=${id}>${label}</label>
      ${!file && !kept && html`<span class=${`prompt-origin${isDefault ? "" : " own"}`}>${originWords(isDefault, made)}</span>`}</div>
    ${hint && html`<p class="island-hint" id=${`${id}-hint`}>${hint}</p>`}
    ${file
      ? html`<${Uploaded} name=${name} id=${file} />`
      : html`<div class="prompt-text"><${Area} id=${id} value=${text} class=${`form-control${isDefault ? " automatic" : ""}`} placeholder=${placeholder}
          aria-invalid=${over || problem ? "true" : undefined} aria-describedby=${`${id}-notes`}
          onInput=${(event) => write(event.target.value)} onBlur=${() => setTyping(null)} />
        <div class="prompt-tools">
          <${Listen} id=${id} ahead disabled=${!speaks || !text.trim() || over} find=${() => speechUrl(text)} />
          ${!isDefault && !kept && html`<button type="button" class="btn btn-sm btn-ghost-secondary" onClick=${() => write("")}><${Icon} name="ti-rotate" />${t("기본 문구로")}</button>`}
          <${PickFile} sending=${sending} label=${label} />
          <span class=${`count${over ? " over" : ""}`} aria-label=${t("{limit}자 중 {count}자", { limit: LONGEST_TEXT, count: text.length })}>${text.length} / ${LONGEST_TEXT}</span>
        </div></div>`}
    <div id=${`${id}-notes`}>
      ${over && html`<${FieldError} text=${tooLong(text)} />`}
      ${!over && html`<${FieldError} text=${problem || sending.error} />`}
      ${!file && said.map((each) => html`<p class="prompt-warning" key=${each.sentence}><${Icon} name="ti-alert-triangle" /><span>${each.sentence}</span></p>`)}
      ${!isDefault && made && !kept && !file && html`<p class="prompt-note"><${Icon} name="ti-info-circle" /><span>${madeWords(made)}</span></p>`}
      ${!file && !over && spoken && /[0-9A-Za-z%]/.test(text) && spoken !== text && html`<details class="spoken"><summary>${t("이렇게 읽습니다")}</summary><p>${spoken}</p></details>`}
    </div>
  </div>`;
}

const promptOf = (contradiction) => contradiction.prompt ?? contradiction.where?.replace(/^texts\./, "");

const originWords = (isDefault, made) => (!isDefault ? t("직접 쓴 문구") : made ? t("설정에 맞춰 자동으로 바뀌는 문구") : t("기본 문구"));

const madeWords = (made) => (made === "menu"
  ? t("직접 쓴 문구는 메뉴를 바꿔도 따라 바뀌지 않습니다. 메뉴와 번호가 맞는지 확인해 주세요.")
  : t("직접 쓴 문구는 상담시간을 바꿔도 따라 바뀌지 않습니다."));

// -- files ------------------------------------------------------------------------------------------------

/** Sending a file for this announcement: {part 0…1 or null, error, send(file)}. */
function useSending(name, where) {
  const [part, setPart] = useState(null);
  const [error, setError] = useState("");
  const send = async (file) => {
    if (!file || part !== null) return;
    setError("");
    setPart(0);
    try {
      const made = await upload("/ars/prompts", file, { onProgress: setPart });
      edit((document) => { document.uploads[name] = made.id; });
      rememberFile(made);
      announce(t("{name} 파일을 올렸습니다.", { name: made.name }));
    } catch (refusal) {
      setError(refusal.message);
    }
    setPart(null);
  };
  return { part, error, send, where };
}

const LARGEST_MB = 10; // UPLOAD_MOST_BYTES of the server
const names = new Map();
const rememberFile = (made) => names.set(made.id, made);

function PickFile({ sending, label }) {
  const input = useRef(null);
  if (sending.part !== null) {
    return html`<span class="uploading" role="status"><span class="meter" style=${{ "--fill": `${Math.round(sending.part * 100)}%` }}><i></i></span>
      ${sending.part < 1 ? t("올리는 중 {percent}%", { percent: Math.round(sending.part * 100) }) : t("소리를 다듬는 중…")}</span>`;
  }
  return html`<input type="file" class="visually-hidden" tabindex="-1" aria-label=${t("{name} 녹음 파일", { name: label })} accept=${ACCEPTED} ref=${input}
      onChange=${(event) => { sending.send(event.target.files[0]); event.target.value = ""; }} />
    <button type="button" class="btn btn-sm btn-ghost-secondary" title=${t("wav, mp3, m4a, ogg · 여기로 끌어다 놓아도 됩니다")} onClick=${() => input.current.click()}>
      <${Icon} name="ti-upload" />${t("녹음 파일 올리기")} <small>${t("{limit}MB까지", { limit: LARGEST_MB })}</small></button>`;
}

function Uploaded({ name, id }) {
  const known = useStore((state) => state.files[id]) ?? names.get(id);
  const remove = () => {
    edit((document) => { delete document.uploads[name]; });
    toast(t("녹음 파일을 뺐습니다. 이제 문구를 읽어 드립니다."));
  };
  return html`<div class="uploaded"><span class="uploaded-mark"><${Icon} name="ti-microphone" /></span>
    <div class="uploaded-facts"><strong>${known?.name ?? t("녹음 파일")}</strong>
      <span class="subtle">${known?.seconds ? t("{seconds}초 · 문구 대신 이 녹음을 들려줍니다", { seconds: SECONDS.format(known.seconds) }) : t("문구 대신 이 녹음을 들려줍니다")}</span></div>
    <${Listen} id=${`file-${name}`} label=${t("듣기")} find=${async () => uploadUrl(id)} />
    <button type="button" class="btn btn-sm btn-ghost-danger" onClick=${remove}><${Icon} name="ti-trash" />${t("빼기")}</button></div>`;
}

/** What is heard for this announcement now, in a line. */
export const summaryOf = (state, name) => (state.document.uploads[name] ? t("녹음 파일을 들려줍니다") : `“${textOf(state, name)}”`);
