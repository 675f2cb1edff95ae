// 메뉴안내: the entries in the order in which they are read out, ready-made menus, and what is said of them.
import { useRef } from "preact/hooks";
import { Field, Icon, Sortable, announce, html, moved, toast } from "./_island.js";
import { changeMenu, freeDigits, newEntry, withDigitsInPlace } from "./_ars_document.js";
import { Entry } from "./_ars_entry.js";
import { Prompt } from "./_ars_prompts.js";
import { edit, read, useStore } from "./_ars_store.js";
import { t } from "./_text.js";

// The names are what callers hear: Korean, whatever language the page is in.
const READY = [
  [t("쇼핑몰"), ["주문·결제 문의", "배송 문의", "교환·반품 문의", "기타 문의"]],
  [t("병원·예약"), ["예약 문의", "진료 안내", "기타 문의"]],
  [t("수리·A/S"), ["구매 상담", "수리 접수", "수리 진행 문의"]],
  [t("학원"), ["수강 상담", "수강료 문의", "기타 문의"]],
  [t("메뉴 없이 바로 연결"), ["상담 문의"]],
];

const editMenu = (change) => edit((document) => changeMenu(document, change));
/** The list that an entry stands in: the menu, or a submenu's entries. */
const listAt = (document, parent) => (parent === null ? document.menu : document.menu[parent].entries);

export const menuSummary = (state) => state.document.menu.map((entry) => `${entry.digit} ${entry.name}`).join(" · ") || t("메뉴가 없습니다");

export function Menu() {
  const menu = useStore((state) => state.document.menu);
  const [tries, seconds] = ["menu_tries", "menu_timeout_seconds"].map((name) => useStore((state) => state.document[name]));
  if (!menu.length) return html`<${NoMenu} />`;
  return html`<div class="part">
      <h3>${t("고객이 누를 번호")}</h3>
      <p class="island-hint">${t("위에서부터 차례로 읽어 줍니다. 끌어서(또는 손잡이에서 화살표 키로) 순서를 바꾸면 번호는 위에서부터 그대로 있고 메뉴만 자리를 옮깁니다.")}</p>
      <${Entries} list=${menu} parent=${null} />
      ${menu.length === 1 && html`<p class="told"><${Icon} name="ti-bolt" /><span>${t("메뉴가 하나면 메뉴 안내 없이 바로 연결합니다. 둘 이상이 되면 메뉴 안내가 자동으로 만들어집니다.")}</span></p>`}
    </div>
    ${menu.length > 1 && html`<div class="part"><${Prompt} name="menu" made="menu" label=${t("메뉴 안내")} hint=${t("위의 메뉴로 자동으로 만든 문장입니다.")} /></div>`}
    ${(menu.length > 1 || menu[0]._kind === "submenu") && html`<details class="part more"><summary>${t("번호를 누르지 않거나 잘못 누르면")}</summary>
      <div class="pair">
        <${Stepper} label=${t("누를 때까지 기다리는 시간")} unit=${t("초")} least=${1} most=${30} value=${seconds ?? 5} onChange=${(value) => edit((document) => { document.menu_timeout_seconds = value; })} />
        <${Stepper} label=${t("메뉴를 들려주는 횟수")} unit=${t("번")} least=${1} most=${9} value=${tries ?? 3} onChange=${(value) => edit((document) => { document.menu_tries = value; })} />
      </div>
      <${Prompt} name="invalid" label=${t("잘못 눌렀을 때")} hint=${t("이 말 다음에 메뉴를 다시 들려줍니다.")} />
      <${Prompt} name="no_digit" label=${t("끝까지 누르지 않았을 때")} hint=${t("이 말을 하고 통화를 마칩니다.")} />
      <${Prompt} name="wrong_digit" label=${t("끝까지 잘못 눌렀을 때")} hint=${t("이 말을 하고 통화를 마칩니다.")} />
    </details>`}`;
}

/** A number with a unit. */
export function Stepper({ label, unit, least, most, value, onChange, hint, error, step = 1 }) {
  return html`<${Field} label=${label} hint=${hint} error=${error}>${(props) => html`<span class="with-unit"><input type="number" class="form-control" ...${props} min=${least} max=${most} step=${step} inputmode="numeric" value=${value}
    onChange=${(event) => {
      const typed = Number(event.target.value);
      const kept = Number.isFinite(typed) && event.target.value !== "" ? Math.min(most, Math.max(least, Math.round(typed))) : value;
      event.target.value = kept;
      onChange(kept);
    }} /><span>${unit}</span></span>`}<//>`;
}

/** A list of entries with its button to add; `parent` is the index of the submenu's entry, or null. */
export function Entries({ list, parent }) {
  const root = useRef(null);
  const focusName = (key) => requestAnimationFrame(() => root.current?.querySelector(`[data-name="${key}"]`)?.focus());
  const add = () => {
    if (!freeDigits(list).length) return;
    const entry = newEntry(list);
    editMenu((document) => listAt(document, parent).push(entry));
    focusName(entry._key);
  };
  const move = (from, to) => {
    editMenu((document) => {
      const entries = listAt(document, parent);
      entries.splice(0, entries.length, ...withDigitsInPlace(entries, moved(entries, from, to)));
    });
  };
  const remove = (index) => {
    const before = read().document;
    editMenu((document) => listAt(document, parent).splice(index, 1));
    announce(t("‘{name}’ 메뉴를 지웠습니다.", { name: list[index].name }));
    toast(t("‘{name}’ 메뉴를 지웠습니다.", { name: list[index].name || t("이름 없음") }), "info", {
      words: t("되돌리기"),
      act: () => edit((document) => { for (const part of ["menu", "texts", "uploads"]) document[part] = structuredClone(before[part]); }),
    });
  };
  return html`<div class="entries" ref=${root}>
    <${Sortable} items=${list} keyOf=${(entry) => entry._key} nameOf=${(entry) => entry.name || t("이름 없음")} onMove=${move}>
      ${(entry, index, handle) => html`<${Entry} entry=${entry} list=${list} parent=${parent} index=${index} handle=${handle}
        onChange=${(change) => editMenu((document) => change(listAt(document, parent)[index]))} onRemove=${() => remove(index)} onNext=${add} />`}
    <//>
    <button type="button" class="btn add-row" disabled=${!freeDigits(list).length} onClick=${add}><${Icon} name="ti-plus" />
      ${freeDigits(list).length ? t("메뉴 추가") : t("1번부터 9번까지 모두 썼습니다")}</button>
  </div>`;
}

function NoMenu() {
  const fill = (names) => edit((document) => {
    for (const name of names) document.menu.push(newEntry(document.menu, name));
  });
  const empty = () => {
    fill([""]);
    requestAnimationFrame(() => document.querySelector("#section-menu [data-name]")?.focus());
  };
  return html`<div class="part no-menu">
    <h3>${t("어떤 메뉴로 시작할까요?")}</h3>
    <p class="island-hint">${t("고르면 바로 채워집니다. 이름과 순서는 나중에 얼마든지 바꿀 수 있습니다.")}</p>
    <div class="ready">${READY.map(([words, names]) => html`<button type="button" key=${words} class="ready-card" onClick=${() => fill(names)}>
      <strong>${words}</strong>${names.map((name, index) => html`<span key=${name}><b>${index + 1}</b>${name}</span>`)}</button>`)}</div>
    <button type="button" class="btn add-row" onClick=${empty}><${Icon} name="ti-plus" />${t("직접 만들기")}</button>
  </div>`;
}
