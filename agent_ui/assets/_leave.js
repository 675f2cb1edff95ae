// The session has ended: the agent was deleted, or has a new password. A call whose sound is in this tab is finished first.
import * as phone from "./_phone.js";
import { toast } from "./_store.js";
import { t } from "./_text.js";

let leaving = false;

export function leave() {
  if (leaving) return;
  leaving = true;
  const go = () => location.assign("/desk/login");
  if (!phone.hasSession()) return void go();
  toast(t("로그인이 끝났습니다. 지금 통화를 마치면 로그인 화면으로 갑니다."), "error");
  const waiting = setInterval(() => {
    if (phone.hasSession()) return;
    clearInterval(waiting);
    go();
  }, 500);
}
