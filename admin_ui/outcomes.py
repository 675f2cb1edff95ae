"""Codes of the records in words: 호종료상세사유, directions, statuses, audit. Korean; ``_`` makes it English."""

from __future__ import annotations

OUTCOMES = {
    "connected": "상담사 연결 성공",
    "ringing_abandoned": "상담사 벨울림중 포기",
    "queue_abandoned": "고객 대기중 포기",
    "ars_abandoned": "ARS 안내중 포기",
    "refused": "상담사 거부",
    "failed": "연결 실패",
    "transferred": "타센터 전송",
    "callback": "콜백 전환",
    "timeout": "최대 대기시간 초과",
    "unavailable": "연결 불가",
    "lost": "시스템 장애로 종료",
    "after_hours": "상담시간 외",
    "holiday": "휴일",
    "lines_full": "회선 초과",
    "no_digit": "메뉴 미입력",
    "wrong_digit": "메뉴 오입력",
    "announcement": "안내 후 종료",
    "busy": "상대방 통화중",
    "no_answer": "상대방 무응답",
    "cancelled": "발신 취소",
    "": "진행 중",
}
"""호종료상세사유, by ``app.core.outcomes.CALL_OUTCOMES``; a call without one is still going on."""

VISITS = {
    "answered": "응답",
    "abandoned": "포기",
    "refused": "거부",
    "failed": "실패",
    "queue_transfer": "타큐 전송",
    "centre_transfer": "타센터 전송",
    "callback": "콜백 전환",
    "timeout": "최대 대기시간 초과",
    "unavailable": "연결 불가",
    "lost": "시스템 장애로 종료",
    "": "대기 중",
}

OFFERS = {
    "answered": "응답",
    "refused": "거부",
    "no_answer": "무응답",
    "failed": "실패",
    "caller_gone": "고객 종료",
    "withdrawn": "회수",
    "": "벨울림중",
}

DIRECTIONS = {
    "inbound": "착신전화",
    "outbound": "발신전화",
    "internal": "내선통화",
    "consult": "협의통화",
    "transfer": "전환통화",
}

ORIGINS = {"direct": "실인입", "queue": "타큐인입", "centre": "타센터인입", "extension": "내선호전환"}

ENDED_BY = {"caller": "고객", "agent": "상담사", "system": "시스템", "lost": "시스템 장애", "": ""}

CALLBACKS = {"pending": "미처리", "done": "처리완료", "deleted": "삭제"}

ACTIONS = {
    "view": "조회",
    "unmask": "마스킹 해제",
    "listen": "청취",
    "download": "다운로드",
    "change": "변경",
    "delete": "삭제",
    "login": "로그인",
    "logout": "로그아웃",
    "create": "등록",
    "apply": "적용",
    "restore": "되돌리기",
    "upload": "올리기",
    "request": "신청",
    "verify": "승인",
    "refuse": "거절",
    "choose": "선택",
    "expire": "만료",
    "test": "시험",
}

SUBJECTS = {"ars": "ARS서비스", "caller_ids": "발신번호", "staff": "상담서비스"}
"""작업이력's 구분 of the settings; history and lists write theirs where they note them."""

RESULTS = {"ok": "성공", "failed": "실패", "locked": "잠김", "refused": "거부"}

STATUSES = {"logged_out": "로그아웃", "available": "대기", "on_break": "휴식", "wrap_up": "후처리"}
