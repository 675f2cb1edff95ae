"""Refusals of ARS서비스 and 발신번호 in words, by code; see ``app.services.messages``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "invalid_ars": (
        "설정에 고칠 곳이 {number}군데 있어 저장하지 않았습니다. 표시된 항목을 고쳐 주세요.",
        "Nothing was saved: {number} settings have to be put right. They are marked.",
    ),
    "changed_meanwhile": (
        "{by} 님이 먼저 설정을 바꿔 저장하지 않았습니다. 바뀐 내용을 불러온 후 다시 고쳐 주세요.",
        "{by} changed the settings meanwhile, so yours were not saved. Load theirs, then change them again.",
    ),
    "nothing_to_apply": (
        "지금 적용된 내용과 같아 적용할 것이 없습니다.",
        "There is nothing to apply: callers hear all of it already.",
    ),
    "ars_has_errors": (
        "바로잡아야 할 문제가 {number}개 있어 적용하지 않았습니다. 표시된 내용을 고친 후 다시 적용해 주세요.",
        "Not applied: {number} problems have to be put right first. They are listed.",
    ),
    "not_published": (
        "교환기에 반영하지 못해 아무것도 바뀌지 않았습니다. 잠시 후 다시 시도해 주세요. "
        "계속되면 운영자에게 알려 주세요.",
        "The telephone switch could not take it, so nothing has changed. Try again; if it goes on, tell the operator.",
    ),
    "publication_rejected": (
        "교환기가 설정을 받아들이지 않아 아무것도 바뀌지 않았습니다. 운영자에게 알려 주세요.",
        "The telephone switch did not accept the settings, so nothing has changed. Tell the operator.",
    ),
    "invalid_definition": (
        "저장된 설정을 사용할 수 없어 처리하지 못했습니다. 설정을 확인해 다시 저장해 주세요. "
        "계속되면 운영자에게 알려 주세요.",
        "The settings cannot be used as they are. Check and save them again; if it goes on, tell the operator.",
    ),
    "rehearsal_busy": (
        "다른 모의 통화가 진행 중입니다. 잠시 후 다시 시도해 주세요.",
        "Another rehearsal is under way. Try again in a moment.",
    ),
    "rehearsal_time_over": (
        "모의 통화가 제시간에 끝나지 않았습니다. 잠시 후 다시 시도해 주세요.",
        "The rehearsal did not end in time. Try again in a moment.",
    ),
    "rehearsal_broken": (
        "모의 통화를 하지 못했습니다. 다시 시도해 주세요. 계속되면 운영자에게 알려 주세요.",
        "The rehearsal could not be done. Try again; if it goes on, tell the operator.",
    ),
    "no_such_number": (
        "우리 회사의 대표번호가 아닙니다. 목록에서 다시 선택해 주세요.",
        "This is not one of your numbers. Choose again from the list.",
    ),
    "too_many_files": (
        "녹음 파일은 {most}개까지 둘 수 있습니다. '올린 녹음' 목록에서 쓰지 않는 녹음을 삭제한 후 다시 올려 주세요.",
        "{most} recordings at most. Delete those that are not used in the list “Recordings”, then upload it again.",
    ),
    "recording_in_use": (
        "'{name}' 녹음은 쓰는 곳이 있어 삭제할 수 없습니다: {where}. "
        "이전에 적용했던 설정의 녹음도 그 설정으로 되돌릴 수 있도록 남겨 둡니다.",
        "The recording “{name}” cannot be deleted, because it is used. {where}. Versions of the past keep theirs, so "
        "that they can be restored.",
    ),
    "bad_caller_id": (
        "발신번호로 쓸 수 없는 번호입니다. 02-123-4567, 070-1234-5678, 1588-0000 같은 국내 번호를 입력해 주세요.",
        "This cannot be a caller ID. Enter a Korean number such as 02-123-4567, 070-1234-5678 or 1588-0000.",
    ),
    "caller_id_known": (
        "이미 등록되었거나 신청한 번호입니다. 목록을 확인해 주세요.",
        "This number is yours or asked for already. See the list.",
    ),
    "caller_id_not_verified": (
        "확인된 발신번호가 아니어서 사용할 수 없습니다 (전기통신사업법 제84조의2). "
        "통신서비스 이용증명원을 올려 등록을 신청해 주세요.",
        "This number is not verified, so it cannot be shown (Telecommunications Business Act, article 84-2). "
        "Ask for it with the certificate of your carrier.",
    ),
    "caller_id_in_use": (
        "지금 사용하는 발신번호는 삭제할 수 없습니다. 다른 번호를 먼저 선택해 주세요.",
        "The number is in use. Choose another one first.",
    ),
    "bad_evidence": (
        "통신서비스 이용증명원은 PDF, JPEG 또는 PNG 파일이어야 합니다. 파일을 확인해 주세요.",
        "The certificate must be a PDF, JPEG or PNG file. Check the file.",
    ),
    "evidence_too_large": (
        "파일이 너무 큽니다. {limit_mb}MB까지 올릴 수 있습니다. 크기를 줄여 다시 올려 주세요.",
        "The file is too large: {limit_mb} MB at most. Make it smaller and upload it again.",
    ),
    "evidence_missing": (
        "통신서비스 이용증명원 파일을 함께 올려 주세요.",
        "Upload the carrier's certificate with it.",
    ),
    "evidence_gone": (
        "증명원 파일을 저장소에서 찾을 수 없습니다. 운영자에게 문의해 주세요.",
        "The certificate's file is missing from the storage. Ask the operator.",
    ),
    "already_expired": (
        "만료일 {until}이(가) 이미 지났습니다. 오늘 이후의 날짜를 입력해 주세요.",
        "{until} is over already. Give today or a later day.",
    ),
    "too_many_caller_ids": (
        "발신번호는 {most}개까지 신청할 수 있습니다. 쓰지 않는 번호를 삭제해 주세요.",
        "{most} caller IDs at most. Delete those that are not used.",
    ),
}
