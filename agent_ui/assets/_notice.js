// What the controller has to tell the agent about a call that did not work, in words.
import { t } from "./_text.js";

// the server's words for refusals, by code
const refusals = JSON.parse(document.getElementById("words").textContent);

const CAUSES = {
  USER_BUSY: t("상대방이 통화 중입니다."),
  NO_ANSWER: t("상대방이 전화를 받지 않습니다."),
  NO_USER_RESPONSE: t("상대방이 전화를 받지 않습니다."),
  ALLOTTED_TIMEOUT: t("상대방이 전화를 받지 않습니다."),
  CALL_REJECTED: t("상대방이 전화를 거절했습니다."),
  UNALLOCATED_NUMBER: t("없는 번호입니다. 번호를 확인해 주세요."),
  INVALID_NUMBER_FORMAT: t("없는 번호입니다. 번호를 확인해 주세요."),
  NO_ROUTE_DESTINATION: t("외부로 거는 회선이 설정되어 있지 않습니다. 관리자에게 문의해 주세요."),
  INVALID_GATEWAY: t("외부로 거는 회선이 설정되어 있지 않습니다. 관리자에게 문의해 주세요."),
  GATEWAY_DOWN: t("외부 회선이 지금 연결되어 있지 않습니다. 잠시 후 다시 시도해 주세요."),
  NORMAL_TEMPORARY_FAILURE: t("외부 회선이 지금 연결되어 있지 않습니다. 잠시 후 다시 시도해 주세요."),
  USER_NOT_REGISTERED: t("상대방의 전화가 연결되어 있지 않습니다."),
};

const TOLD = {
  consult_refused: t("협의 상대가 거절했습니다. 고객은 보류 중입니다."),
  consult_no_answer: t("협의 상대가 받지 않았습니다. 고객은 보류 중입니다."),
  consult_failed: t("협의 상대에게 연결하지 못했습니다. 고객은 보류 중입니다."),
  consult_left: t("협의 상대가 통화를 끝냈습니다. 고객은 보류 중입니다."),
  transfer_refused: t("전환받을 상담사가 거절하여 고객이 돌아왔습니다."),
  transfer_no_answer: t("전환받을 상담사가 받지 않아 고객이 돌아왔습니다."),
  reconnect_failed: t("소리를 다시 연결하지 못했습니다. 통화는 그대로입니다. 다시 시도하거나 통화를 종료해 주세요."),
  transfer_failed: t("호전환에 실패하여 고객이 돌아왔습니다."),
};

/** Words for the agent element's `notice`; empty when there is nothing to say. */
export function noticeWords(notice) {
  if (!notice) return "";
  const [kind, detail] = notice.split(":");
  if (TOLD[kind]) return TOLD[kind];
  return refusals[detail] ?? CAUSES[detail] ?? t("전화를 연결하지 못했습니다({cause}). 다시 시도해 주세요.", { cause: detail ?? kind });
}
