// 연동 URL: the customer's page of the tenant's own system, in one tab of its own that each call takes over.
import { Icon, html } from "./_parts.js";
import { toast, useStore } from "./_store.js";
import { t } from "./_text.js";

const TAB = "sangdam-customer";
const OPENED_KEY = "sangdam-customer-opened";
const HINTED_KEY = "sangdam-customer-hinted";

/** Whether a second tab may come to the front by itself: on a telephone it would silence the call. */
const roomy = () => matchMedia("(pointer: fine)").matches;

/** Open the page once for each call that is talked on, where the browser allows it; else say how to allow it. */
export function openCustomer(call, current) {
  const talked = call?.answered_at && call.phase !== "ringing" && ["inbound", "outbound"].includes(call.direction);
  if (!talked || current.callId !== call.id || !current.url || !roomy()) return;
  if (sessionStorage.getItem(OPENED_KEY) === call.id) return;
  sessionStorage.setItem(OPENED_KEY, call.id); // before anything else: whatever comes of it, once is enough
  if (window.open(current.url, TAB) || sessionStorage.getItem(HINTED_KEY)) return;
  sessionStorage.setItem(HINTED_KEY, "1");
  toast(t("고객 정보를 자동으로 열려면 브라우저에서 이 사이트의 팝업을 허용해 주세요."));
}

/** The way there by hand, beside the call and its write-up. */
export function CustomerLink({ callId }) {
  const current = useStore((state) => state.current);
  if (current.callId !== callId || !current.url) return null;
  return html`<a class="btn customer-link" href=${current.url} target=${TAB}><${Icon} name="ti-external-link" />${t("고객 정보 열기")}</a>`;
}
