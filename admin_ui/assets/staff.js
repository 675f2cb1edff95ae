// 상담서비스: five tabs over what the server knows; the address's #part names the open one.
import { useEffect, useState } from "preact/hooks";
import { Icon, html, mount, t } from "./_island.js";
import { Access } from "./_staff_access.js";
import { Agents } from "./_staff_agents.js";
import { Assign } from "./_staff_assign.js";
import { Types } from "./_staff_lists.js";
import { load, useData } from "./_staff_store.js";
import { Work } from "./_staff_work.js";

const TABS = [
  ["agents", "ti-users", t("상담인원"), Agents], ["assign", "ti-arrows-split-2", t("상담배정"), Assign], ["types", "ti-category", t("상담유형"), Types],
  ["work", "ti-adjustments", t("업무관리"), Work], ["access", "ti-shield-lock", t("접근관리"), Access],
];
const named = () => (TABS.some(([name]) => `#${name}` === location.hash) ? location.hash.slice(1) : "agents");

/** Tabs that were opened stay as they are, so that nothing typed is lost by looking elsewhere. */
const visited = new Set();

function Staff() {
  const [tab, setTab] = useState(named());
  const [failed, setFailed] = useState("");
  const known = useData((state) => Boolean(state.settings));
  const alone = useData((state) => state.assignments?.unassigned.length ?? 0);
  const pending = useData((state) => Boolean(state.draft));
  const start = () => {
    setFailed("");
    load("agents", "groups", "skills", "licences", "assignments", "types", "reasons", "settings", "address").catch((error) => setFailed(error.message));
  };
  useEffect(() => {
    start();
    const changed = () => setTab(named());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => document.getElementById(`tab-${tab}`).scrollIntoView({ block: "nearest", inline: "nearest" }), [tab]);
  const goTo = (name) => {
    history.replaceState(null, "", `#${name}`);
    setTab(name);
  };
  const keys = (event) => {
    const at = TABS.findIndex(([name]) => name === tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const [name] = TABS[(to + TABS.length) % TABS.length];
    goTo(name);
    document.getElementById(`tab-${name}`).focus();
  };
  visited.add(tab);
  return html`<div class="staff-tabs" role="tablist" aria-label=${t("상담서비스")} onKeyDown=${keys}>${TABS.map(([name, icon, words]) => html`<button key=${name} type="button" role="tab" id=${`tab-${name}`}
      aria-selected=${tab === name} aria-controls=${`panel-${name}`} tabIndex=${tab === name ? 0 : -1} onClick=${() => goTo(name)}><${Icon} name=${icon} /><span>${words}</span>
      ${name === "assign" && pending ? html`<b class="dot" title=${t("적용하지 않은 내용이 있습니다")}></b>` : name === "assign" && alone > 0 ? html`<b class="count" title=${t("배정 안 됨")}>${alone}</b>` : ""}</button>`)}</div>
    ${known ? TABS.filter(([name]) => visited.has(name)).map(([name, , , View]) => html`<div key=${name} id=${`panel-${name}`} class="staff-panel" role="tabpanel" aria-labelledby=${`tab-${name}`}
      hidden=${name !== tab}><${View} goTo=${goTo} /></div>`) : failed
      ? html`<div class="load-failed"><p>${failed}</p><button type="button" class="btn" onClick=${start}>${t("다시 시도")}</button></div>` : html`<p class="subtle">${t("불러오는 중…")}</p>`}`;
}

mount("staff", Staff);
