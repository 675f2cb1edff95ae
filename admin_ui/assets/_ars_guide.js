// For who sets up a centre for the first time: the four steps, and how far they are.
import { Icon, html } from "./_island.js";
import { goTo, set, useStore } from "./_ars_store.js";
import { t } from "./_text.js";

export function Guide() {
  const show = useStore((state) => state.versions === 0);
  const hours = useStore((state) => state.document.slots.length > 0);
  const menu = useStore((state) => state.document.menu.length > 0);
  const heard = useStore((state) => state.heard);
  if (!show) return null;
  const listen = () => {
    const call = document.querySelector(".ars-side .call-now");
    if (call) call.focus();
    else set({ dialog: "preview" });
  };
  const steps = [
    [t("상담시간"), t("언제 받나요?"), hours, () => goTo("hours")],
    [t("메뉴"), t("누가 받나요?"), menu, () => goTo("menu")],
    [t("들어보기"), t("고객처럼"), heard, listen],
    [t("적용"), t("바로 시작"), false, () => set({ dialog: "apply" })],
  ];
  const next = steps.findIndex(([, , done]) => !done);
  return html`<div class="guide"><div class="guide-words"><strong>${t("환영합니다! 네 가지만 정하면 고객센터가 열립니다.")}</strong>
      <span>${t("안내 문구는 모두 준비되어 있습니다. 고치지 않아도 됩니다.")}</span></div>
    <ol>${steps.map(([name, lead, done, act], index) => html`<li key=${name} class=${done ? "done" : index === next ? "next" : ""}><button type="button" onClick=${act}>
      <span class="guide-mark">${done ? html`<${Icon} name="ti-check" />` : index + 1}</span><span><strong>${name}</strong><span>${lead}</span></span></button></li>`)}</ol></div>`;
}
