"""What is wrong with an ARS, or should be looked at, by code: Korean and English; each says what to do."""

from __future__ import annotations

PROBLEMS: dict[str, tuple[str, str]] = {
    "wrong_type": (
        "형식이 올바르지 않습니다. API 문서의 형식을 확인해 주세요.",
        "Not of the right form. See the API's description.",
    ),
    "unknown_field": (
        "알 수 없는 항목 '{name}'이(가) 있습니다. 항목 이름을 확인하거나 빼 주세요.",
        "There is no member '{name}'. Check its name, or leave it out.",
    ),
    "too_many": (
        "{number}개는 너무 많습니다. {most}개까지 넣을 수 있습니다.",
        "{number} are too many; {most} at most.",
    ),
    "control_characters": (
        "읽을 수 없는 제어 문자가 들어 있습니다. 지우고 다시 입력해 주세요.",
        "There are control characters in it. Delete them and type it again.",
    ),
    "text_too_long": (
        "{limit}자까지 입력할 수 있습니다. 현재 {length}자입니다. 내용을 줄여 주세요.",
        "{limit} characters at most; it has {length}. Please shorten it.",
    ),
    "out_of_range": (
        "{least}부터 {most} 사이의 숫자를 입력해 주세요.",
        "Enter a number from {least} to {most}.",
    ),
    "no_such_choice": (
        "선택할 수 없는 값입니다. 다음 중에서 선택해 주세요: {choices}",
        "Not one of the choices: {choices}",
    ),
    "bad_digit": (
        "메뉴 번호는 1부터 9까지 중에서 선택해 주세요.",
        "Choose a digit from 1 to 9.",
    ),
    "digit_twice": (
        "{digit}번은 '{other}'에서 이미 사용하고 있습니다. 다른 번호를 선택해 주세요.",
        "Digit {digit} is used by '{other}' already. Choose another.",
    ),
    "name_missing": (
        "메뉴 이름을 입력해 주세요.",
        "Enter the entry's name.",
    ),
    "two_kinds": (
        "상담원 연결, 안내 방송, 하위 메뉴 중 하나만 선택해 주세요.",
        "Choose one: agents, an announcement, or a submenu.",
    ),
    "nested_too_deep": (
        "하위 메뉴 안에는 하위 메뉴를 둘 수 없습니다. 상담원 연결이나 안내 방송을 선택해 주세요.",
        "A submenu cannot hold another. Choose agents or an announcement.",
    ),
    "announcement_missing": (
        "안내 문구를 입력해 주세요. 음성 파일을 쓰더라도 화면과 미리듣기에 표시됩니다.",
        "Enter the announcement's text. It is shown even where an audio file is played.",
    ),
    "queue_without_agents": (
        "상담 설정은 상담원 연결 메뉴에만 쓸 수 있습니다.",
        "Only an entry that leads to agents has such settings.",
    ),
    "unknown_queue": (
        "없는 상담큐입니다. 새 메뉴로 만들어 주세요.",
        "There is no such queue. Make a new entry.",
    ),
    "queue_twice": (
        "같은 상담큐를 두 메뉴에서 쓸 수 없습니다. 새 메뉴로 만들어 주세요.",
        "Two entries cannot lead to the same queue. Make a new entry.",
    ),
    "callback_keys_differ": (
        "콜백 번호는 모든 메뉴에서 같아야 합니다. 안내 방송은 하나이기 때문입니다. '{other}'(으)로 맞춰 주세요.",
        "The callback key must be the same in all entries, as they share one announcement. Use '{other}'.",
    ),
    "callback_too_late": (
        "콜백 제안이 최대 대기시간 {longest}초보다 빨라야 합니다. 시간을 줄여 주세요.",
        "The callback must be offered before the longest wait of {longest} s ends. Make it sooner.",
    ),
    "bad_weekdays": (
        "요일은 0(월요일)부터 6(일요일)까지입니다.",
        "Weekdays are 0 (Monday) to 6 (Sunday).",
    ),
    "no_weekdays": (
        "요일을 하나 이상 선택해 주세요.",
        "Choose at least one weekday.",
    ),
    "bad_time": (
        "시각을 09:00처럼 입력해 주세요. 끝나는 시각은 24:00도 쓸 수 있습니다.",
        "Enter a time such as 09:00; an end may be 24:00.",
    ),
    "bad_day": (
        "날짜를 2026-01-01처럼 입력해 주세요. {first}년부터 {last}년까지 쓸 수 있습니다.",
        "Enter a date such as 2026-01-01, from {first} to {last}.",
    ),
    "holiday_twice": (
        "{day}은(는) '{other}'(으)로 이미 등록되어 있습니다. 하나를 지워 주세요.",
        "{day} is entered as '{other}' already. Delete one of them.",
    ),
    "holiday_name_missing": (
        "휴일 이름을 입력해 주세요.",
        "Enter the holiday's name.",
    ),
    "unknown_prompt": (
        "'{name}'(이)라는 안내 방송은 없습니다.",
        "There is no announcement called '{name}'.",
    ),
    "unknown_upload": (
        "올린 음성 파일을 찾을 수 없습니다. 파일을 다시 올려 주세요.",
        "The uploaded file is not there. Upload it again.",
    ),
    # warnings
    "prompt_without_entry": (
        "해당 메뉴가 없어 이 안내 방송은 저장하지 않았습니다.",
        "The entry is gone, so this announcement was not kept.",
    ),
    "slots_overlap": (
        "{days}에 다른 상담시간 '{other_slot}'과(와) 겹칩니다. 겹치는 시간도 상담시간으로 봅니다.",
        "On {days} it overlaps with '{other_slot}'. Both count as open.",
    ),
    "slot_without_effect": (
        "다른 상담시간에 가려 아무 효과가 없습니다. 시간을 고치거나 지워 주세요.",
        "Other hours make it have no effect. Change or delete it.",
    ),
    "slot_whole_day": (
        "{time}부터 다음 날 {time}까지 24시간으로 설정되어 있습니다. 맞는지 확인해 주세요.",
        "It runs 24 hours, from {time} to {time} of the next day. Is that meant?",
    ),
    "small_gap": (
        "{days} {start}부터 {end}까지 잠깐 상담시간이 비어 있습니다. 맞는지 확인해 주세요.",
        "On {days} it is closed from {start} to {end} only. Is that meant?",
    ),
    "never_open": (
        "상담시간이 없어 전화가 항상 상담시간 외 안내로 연결됩니다. 상담시간을 추가해 주세요.",
        "There are no hours: every call hears the after-hours announcement. Add hours.",
    ),
}
