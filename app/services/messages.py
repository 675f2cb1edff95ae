"""Errors and outcomes in words, Korean first. Every text says what happened and what to do about it.

Codes are stable and for programs; ``app.core.errors.CommandRefused`` lists those of the core.
"""

from __future__ import annotations

from app.services import ars_messages
from app.services.messages_staff import STAFF

LANGUAGES = ("ko", "en")

TEXTS: dict[str, tuple[str, str]] = {
    # commands of agents, refused by the core
    "unknown_agent": (
        "등록되지 않은 상담사입니다. 관리자에게 상담사 등록 상태를 확인해 주세요.",
        "This agent is not known. Ask your manager whether the agent is registered and active.",
    ),
    "not_logged_in": (
        "상담 업무에 로그인되어 있지 않습니다. 상태를 '대기' 또는 '휴식'으로 바꾸려면 먼저 로그인해 주세요.",
        "The agent is not logged in to take calls. Log in first.",
    ),
    "in_call": (
        "통화 중에는 할 수 없습니다. 통화를 마친 후 다시 시도해 주세요.",
        "This cannot be done during a call. Finish the call, then try again.",
    ),
    "no_call": (
        "진행 중인 통화가 없습니다. 이미 종료된 통화일 수 있습니다.",
        "There is no call in progress. It may have ended already.",
    ),
    "not_ringing": (
        "울리고 있는 전화가 없습니다. 고객이 먼저 끊었거나 다른 상담사에게 연결되었습니다.",
        "No call is ringing. The caller hung up or was connected to another agent.",
    ),
    "not_available": (
        "지금 상태에서는 할 수 없습니다. 상태를 '대기'로 바꾼 후 다시 시도해 주세요.",
        "Not possible in the present status. Change to Available, then try again.",
    ),
    "target_not_available": (
        "선택한 상담사가 지금 대기 중이 아닙니다. 대기 중인 다른 상담사를 선택해 주세요.",
        "The chosen agent is not available now. Choose another agent who is available.",
    ),
    "bad_number": (
        "전화번호를 확인해 주세요. 숫자와 *, #만 쓸 수 있으며 20자리까지입니다.",
        "Check the number: figures, * and # only, 20 at most.",
    ),
    "international_refused": (
        "국제전화는 지원하지 않습니다. 국내 번호를 입력해 주세요.",
        "International calls are not allowed. Enter a national number.",
    ),
    "number_blocked": (
        "발신이 제한된 번호입니다. 필요하면 관리자에게 문의해 주세요.",
        "Calls to this number are blocked. Ask your manager if you need it.",
    ),
    "no_caller_id": (
        "발신번호가 등록되지 않아 전화를 걸 수 없습니다. 관리자가 발신번호를 등록해야 합니다.",
        "No caller ID is registered, so no outside call can be made. A manager has to register one.",
    ),
    "not_under_contract": (
        "계약 상태가 아니어서 통화할 수 없습니다. 관리자에게 계약 상태를 확인해 주세요.",
        "The service is not under contract, so no calls are possible. Ask your manager.",
    ),
    "lines_full": (
        "사용 가능한 회선이 없습니다. 잠시 후 다시 시도해 주세요.",
        "All lines are in use. Try again in a moment.",
    ),
    "phone_not_registered": (
        "전화가 연결되어 있지 않습니다. 화면 위쪽의 전화 연결 상태를 확인하거나 전화기를 켜 주세요.",
        "No phone is connected. Check the phone state at the top of the screen, or switch the desk phone on.",
    ),
    "no_consult": (
        "진행 중인 호전환 협의가 없습니다. 협의 상대가 먼저 끊었을 수 있습니다.",
        "There is no consultation in progress. The other side may have hung up.",
    ),
    "already_held": ("이미 보류 중인 통화입니다.", "The call is on hold already."),
    "not_held": ("보류 중인 통화가 아닙니다.", "The call is not on hold."),
    "bad_status": (
        "선택할 수 없는 상태입니다. 대기, 휴식, 후처리 중에서 선택해 주세요.",
        "This status cannot be chosen. Choose Available, Break or Wrap-up.",
    ),
    "bad_digits": (
        "키패드는 숫자와 *, #만 보낼 수 있습니다.",
        "The keypad sends figures, * and # only.",
    ),
    "no_switch": (
        "전화 교환기에 연결되어 있지 않습니다. 자동으로 다시 연결됩니다. 잠시 후 다시 시도해 주세요.",
        "The telephone switch is not connected. It reconnects by itself; try again in a moment.",
    ),
    "no_transition": (
        "통화 상태가 방금 바뀌어 처리하지 못했습니다. 화면을 확인하고 다시 시도해 주세요.",
        "The call changed just now, so nothing was done. Look at the screen and try again.",
    ),
    "unknown_command": (
        "알 수 없는 명령입니다. API 문서(/api/v1/openapi.json)에서 명령 이름을 확인해 주세요.",
        "There is no such command. See /api/v1/openapi.json for the commands.",
    ),
    "controller_timeout": (
        "통화 제어기가 응답하지 않습니다. 진행 중인 통화는 유지됩니다. 잠시 후 다시 시도해 주세요.",
        "The call controller does not answer. Calls in progress go on. Try again in a moment.",
    ),
    # who is asking
    "bad_credentials": (
        "로그인 정보가 올바르지 않습니다. 서비스명, ID, 비밀번호를 대소문자까지 정확하게 입력해 주세요.",
        "The login is not right. Enter service name, ID and password exactly; capitals matter.",
    ),
    "locked": (
        "로그인에 여러 번 실패하여 {minutes}분 동안 잠겼습니다. 잠시 후 다시 시도하거나 관리자에게 문의해 주세요.",
        "Locked for {minutes} min after several failed logins. Try again later or ask your manager.",
    ),
    "not_authenticated": (
        "로그인이 필요합니다. 다시 로그인하거나 올바른 토큰을 보내 주세요.",
        "Please log in. Log in again, or send a valid bearer token.",
    ),
    "forbidden": (
        "이 작업을 할 권한이 없습니다. 필요하면 관리자에게 요청해 주세요.",
        "You are not allowed to do this. Ask your manager if you need it.",
    ),
    "agent_required": (
        "어느 상담사에 대한 명령인지 agent_id를 지정해 주세요.",
        "Say which agent this is for: agent_id is needed with a manager's login.",
    ),
    "csrf": (
        "페이지가 오래되어 요청을 처리하지 못했습니다. 페이지를 새로 고친 후 다시 시도해 주세요.",
        "The page is too old for this request. Reload the page and try again.",
    ),
    "too_many_requests": (
        "요청이 너무 많습니다. {seconds}초 후 다시 시도해 주세요.",
        "Too many requests. Wait {seconds} s, then try again.",
    ),
    "address_not_allowed": (
        "허용되지 않은 IP 주소({address})입니다. 허용된 장소에서 접속하거나 접근관리에 등록을 요청해 주세요.",
        "This address ({address}) is not allowed. Connect from an allowed place, or have it entered in Access control.",
    ),
    # what is asked
    "not_found": (
        "찾을 수 없습니다. 주소를 확인하거나 목록에서 다시 선택해 주세요.",
        "Not found. Check the address, or choose again from the list.",
    ),
    "method_not_allowed": (
        "이 주소에서는 지원하지 않는 요청 방식입니다.",
        "This address does not take this method.",
    ),
    "bad_request": (
        "요청 형식이 올바르지 않습니다. 입력한 내용을 확인해 주세요.",
        "The request is not well formed. Check what was sent.",
    ),
    "invalid": (
        "입력한 내용을 확인해 주세요. 잘못된 항목: {fields}",
        "Check what was entered. Not valid: {fields}",
    ),
    "too_large": (
        "보낸 내용이 너무 큽니다. {limit_mb}MB까지 보낼 수 있습니다. 파일을 줄여 다시 올려 주세요.",
        "What was sent is too large: {limit_mb} MB is the most. Make the file smaller, then send it again.",
    ),
    "too_long": (
        "{field}은(는) {limit}자까지 저장할 수 있습니다. 현재 {length}자입니다. 내용을 줄여 주세요.",
        "{field} holds {limit} characters at most; it has {length}. Please shorten it.",
    ),
    "no_recording": (
        "녹취 파일이 없습니다. 연결되지 않은 통화이거나 아직 저장 중일 수 있습니다.",
        "There is no recording. The call was not answered, or the file is still being written.",
    ),
    "recording_gone": (
        "녹취 파일을 저장소에서 찾을 수 없습니다. 관리자에게 문의해 주세요.",
        "The recording's file is missing from the storage. Please tell your manager.",
    ),
    "unknown_contact_type": (
        "선택한 상담유형이 없습니다. 목록에서 다시 선택해 주세요.",
        "There is no such contact type. Choose again from the list.",
    ),
    "bad_period": (
        "조회기간을 확인해 주세요. 시작일이 종료일보다 늦을 수 없으며 최대 {days}일입니다.",
        "Check the period: it cannot start after its end and covers {days} days at most.",
    ),
    "date_out_of_range": (
        "날짜를 확인해 주세요. {earliest}부터 {latest}까지 조회할 수 있습니다.",
        "Check the dates: {earliest} to {latest} can be asked for.",
    ),
    "not_your_call": (
        "직접 통화한 상담의 후처리만 기록할 수 있습니다. 통화한 상담사나 관리자에게 요청해 주세요.",
        "Only calls in which you talked can be written up. Ask the agent who talked, or your manager.",
    ),
    "agent_not_in_call": (
        "이 통화를 한 상담사가 아닙니다. 통화한 상담사를 선택해 주세요.",
        "This agent did not talk in the call. Choose an agent who did.",
    ),
    "no_such_callback": (
        "처리할 콜백이 없습니다. 이미 처리되었거나 삭제되었습니다.",
        "There is no such pending callback. It was done or deleted already.",
    ),
    "wrong_password": (
        "기존 비밀번호가 올바르지 않습니다. 다시 입력해 주세요.",
        "The old password is not right. Enter it again.",
    ),
    "weak_password": (
        "새 비밀번호는 8자 이상이어야 하며, 영문자와 숫자를 포함하고 ID와 달라야 합니다.",
        "The new password needs 8 characters or more, with letters and figures, and differs from the ID.",
    ),
    "number_unknown": (
        "발신번호가 표시되지 않은 통화라서 다시 걸 수 없습니다.",
        "The caller withheld the number, so it cannot be called.",
    ),
    "internal": (
        "처리 중 오류가 발생했습니다. 다시 시도해 주세요. 계속되면 이 오류번호를 알려 주세요: {reference}",
        "Something went wrong. Try again; if it goes on, report the number {reference}.",
    ),
    # announcements
    "upload_too_large": (
        "파일이 너무 큽니다({size_mb}MB). {limit_mb}MB까지 올릴 수 있습니다. MP3나 M4A로 저장해 다시 올려 주세요.",
        "The file is too large ({size_mb} MB); {limit_mb} MB is the most. Save it as MP3 or M4A, then upload it again.",
    ),
    "upload_empty": (
        "빈 파일입니다. 녹음이 저장되었는지 확인하고 다시 올려 주세요.",
        "The file is empty. Check that the recording was saved, then upload it again.",
    ),
    "upload_not_sound": (
        "소리 파일이 아닙니다. 파일 이름과 관계없이 내용을 확인합니다. WAV, MP3, M4A, OGG, FLAC 파일을 올려 주세요.",
        "This is not a sound file; its content counts, not its name. Upload a WAV, MP3, M4A, OGG or FLAC file.",
    ),
    "upload_damaged": (
        "파일이 손상되었거나 중간에 잘렸습니다. 원본을 재생해 확인하고, 다시 저장한 후 올려 주세요.",
        "The file is damaged or was cut off. Play the original to check it, save it again, then upload it.",
    ),
    "upload_silent": (
        "파일에서 들리는 소리가 없습니다. 마이크를 확인하고 다시 녹음해 주세요.",
        "Nothing can be heard in the file. Check the microphone and record it again.",
    ),
    "upload_too_long": (
        "녹음이 {seconds}초로 너무 깁니다. {limit}초 이하로 줄여 주세요.",
        "The recording is too long: {seconds} s. Shorten it to {limit} s at most.",
    ),
    "upload_too_short": (
        "소리가 들리는 부분이 {seconds}초로 너무 짧습니다. {limit}초 이상 녹음해 주세요.",
        "What can be heard is too short: {seconds} s. Record {limit} s or more.",
    ),
    "upload_busy": (
        "지금 다른 파일을 처리하고 있습니다. 잠시 후 다시 올려 주세요.",
        "Other files are being processed now. Wait a moment, then upload it again.",
    ),
    "prompt_file_missing": (
        "'{field}' 안내의 녹음 파일이 없습니다. 녹음 파일을 다시 올리거나 문구를 읽어 주도록 바꿔 주세요.",
        "The recording of the announcement “{field}” is missing. Upload it again, or have its text spoken instead.",
    ),
    "nothing_to_speak": (
        "읽을 내용이 없습니다. 안내 문구를 입력해 주세요.",
        "There is nothing to read out. Enter a text.",
    ),
    "text_too_long_to_speak": (
        "문구가 너무 깁니다. 소리 내어 읽으면 {length}자로 {limit}자를 넘습니다. 문구를 줄여 주세요.",
        "The text is too long: {length} characters as it is read out; {limit} is the most. Shorten it.",
    ),
    "no_speech": (
        "이 서버에는 문구를 읽어 주는 음성 엔진이 없습니다. 녹음 파일을 올리면 그대로 쓸 수 있습니다. "
        "음성 엔진이 필요하면 운영자에게 설치를 요청해 주세요.",
        "This server has no speech engine to read texts out. Uploaded recordings work. Ask the operator to install "
        "an engine if you want texts spoken.",
    ),
    "speech_failed": (
        "문구를 소리로 만들지 못했습니다. 다시 시도해 주세요. 계속되면 녹음 파일을 올리거나 운영자에게 알려 주세요.",
        "The text could not be spoken. Try again in a moment; if it goes on, upload a recording or tell the operator.",
    ),
    "speech_busy": (
        "지금 다른 문구를 소리로 만들고 있습니다. 잠시 후 다시 시도해 주세요.",
        "Other texts are being spoken now. Try again in a moment.",
    ),
    "not_ready": (
        "서비스가 시작되는 중입니다. 잠시 후 다시 시도해 주세요.",
        "The service is starting. Try again in a moment.",
    ),
}

TEXTS |= ars_messages.TEXTS | STAFF

FIELD_NAMES: dict[str, tuple[str, str]] = {
    "inquiry": ("문의", "Inquiry"),
    "action": ("조치", "Action"),
    # announcements (ArsDefinition.prompts)
    "greeting": ("인사말", "Greeting"),
    "menu": ("메뉴 안내", "Menu"),
    "after_hours": ("상담시간 외 안내", "After hours"),
    "holiday": ("휴일 안내", "Holiday"),
    "connecting": ("상담연결 안내", "Connecting"),
    "delay": ("연결지연 안내", "Delay"),
    "unavailable": ("연결불가 안내", "Unavailable"),
    "callback_offer": ("콜백 안내", "Callback offer"),
    "forced_end": ("강성종료 안내", "Forced end"),
}


def text(code: str, language: str = "ko", **details: object) -> str:
    """The words for ``code`` in ``ko`` or ``en``; details fill its gaps.

    A code that nobody wrote words for is shown as it is, so that it can still be reported.
    """
    pair = TEXTS.get(code)
    if pair is None:
        return code
    index = 1 if language == "en" else 0
    field = details.get("field")
    if isinstance(field, str) and field in FIELD_NAMES:
        details["field"] = FIELD_NAMES[field][index]
    return pair[index].format_map(_Gaps(details))


class _Gaps(dict[str, object]):
    """Details by name; one that is missing shows as an ellipsis rather than failing the message."""

    def __missing__(self, key: str) -> str:
        return "…"
