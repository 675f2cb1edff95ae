"""Words for what 상담서비스 refuses, and for the problems of fields and cells. Part of ``app.services.messages``."""

from __future__ import annotations

STAFF: dict[str, tuple[str, str]] = {
    # what was entered
    "check_fields": (
        "입력한 내용을 확인해 주세요. 고칠 곳이 {count}곳 있습니다.",
        "Check what was entered: {count} to mend.",
    ),
    "required": ("꼭 입력해야 합니다.", "This is needed."),
    "field_too_long": (
        "{limit}자까지 쓸 수 있습니다. 지금 {length}자입니다.",
        "{limit} characters at most; it has {length}.",
    ),
    "control_characters": (
        "줄바꿈이나 보이지 않는 문자는 쓸 수 없습니다. 다시 입력해 주세요.",
        "Line breaks and invisible characters are not allowed. Type it again.",
    ),
    "field_characters": (
        "{characters} 문자는 쓸 수 없습니다. 다른 이름으로 바꿔 주세요.",
        "These characters cannot be used: {characters} . Choose another name.",
    ),
    "whole_number": ("소수점 없는 숫자를 입력해 주세요.", "Enter a whole number."),
    "out_of_range": ("{low}~{high} 사이의 값을 입력해 주세요.", "Enter a value from {low} to {high}."),
    "choose_again": (
        "선택한 항목이 없어졌습니다. 목록에서 다시 선택해 주세요.",
        "What was chosen is not there any more. Choose again from the list.",
    ),
    "name_taken": ("이미 있는 이름입니다. 다른 이름을 입력해 주세요.", "This name exists already. Choose another."),
    "code_taken": ("이미 쓰고 있는 코드입니다. 다른 코드를 입력해 주세요.", "This code is in use. Choose another."),
    "list_full": ("{limit}개까지 등록할 수 있습니다.", "There can be {limit} at most."),
    # time zone
    "zone_unknown": (
        "'{zone}'(이)라는 시간대는 없습니다. Asia/Seoul처럼 IANA 이름을 대소문자까지 정확하게 입력해 주세요.",
        "There is no time zone '{zone}'. Give its IANA name, such as Asia/Seoul; capitals matter.",
    ),
    "zone_unsayable": (
        "'{zone}' 시간대는 쓸 수 없습니다. 시각이 바뀌는 규칙을 교환기(FreeSWITCH)가 표현하지 못해 "
        "{from_day}부터 상담시간이 어긋납니다. 시각이 같은 다른 시간대를 선택해 주세요.",
        "The time zone '{zone}' cannot be used: FreeSWITCH cannot express how its clock changes, so opening hours "
        "would be wrong from {from_day} on. Choose another zone with the same clock.",
    ),
    # agents
    "login_form": (
        "영문자나 숫자로 시작하고, 영문자·숫자·점(.)·밑줄(_)·붙임표(-)로 2~60자를 입력해 주세요.",
        "Use 2 to 60 Latin letters, digits, dots, underscores or hyphens, beginning with a letter or digit.",
    ),
    "login_taken": (
        "이미 쓰고 있는 ID입니다. 다른 ID를 입력해 주세요.",
        "This ID is in use. Choose another.",
    ),
    "login_taken_past": (
        "삭제한 상담사가 쓰던 ID입니다. 이력이 섞이지 않도록 다른 ID를 입력해 주세요.",
        "An agent who was deleted had this ID. Choose another, so that their histories stay apart.",
    ),
    "licences_used_up": (
        "계약한 라이선스 {licences}개를 모두 쓰고 있습니다. "
        "쓰지 않는 상담사를 삭제하거나 라이선스를 늘려 달라고 운영자에게 요청해 주세요.",
        "All {licences} licences are in use. Delete an agent who is not needed, or ask the operator for more.",
    ),
    "common_group": (
        "공통그룹은 이름을 바꾸거나 삭제할 수 없습니다. 다른 그룹을 만들어 옮겨 주세요.",
        "The common group cannot be renamed or deleted. Make another group and move agents there.",
    ),
    # what becomes of a change
    "saved_not_live": (
        "저장되었지만 전화망에는 아직 적용되지 않았습니다. 잠시 후 같은 화면에서 다시 저장해 주세요.",
        "It was saved but is not live yet. Save once more on this page in a moment.",
    ),
    "changed_since": (
        "그사이 다른 관리자가 내용을 바꾸었습니다. 새로 불러온 내용을 확인하고 다시 저장해 주세요.",
        "Somebody else changed this meanwhile. Look at what there is now, then save again.",
    ),
    # 연동 URL
    "url_too_long": ("500자까지 쓸 수 있습니다. 주소를 줄여 주세요.", "500 characters at most. Please shorten it."),
    "url_form": (
        "웹주소 형식이 아닙니다. https://crm.example.com/customer?tel={{number}} 처럼 입력해 주세요.",
        "This is not a web address. Enter one like https://crm.example.com/customer?tel={{number}}",
    ),
    "url_scheme": (
        "https:// 또는 http:// 로 시작하는 주소를 입력해 주세요.",
        "Enter an address that begins with https:// or http://",
    ),
    "url_user": (
        "주소에 ID나 비밀번호를 넣을 수 없습니다. @ 앞부분을 지워 주세요.",
        "An address cannot hold a user or password. Take away what stands before @.",
    ),
    "url_host_gap": (
        "서버 이름 부분에는 {{number}} 같은 항목을 쓸 수 없습니다. 경로나 ? 뒤에 넣어 주세요.",
        "Placeholders such as {{number}} cannot stand in the server's name. Put them in the path or behind the ?",
    ),
    "url_gap": (
        "{{number}}, {{agent}}, {{menu}}, {{call}}만 쓸 수 있습니다. 중괄호 안의 이름을 확인해 주세요.",
        "Only {{number}}, {{agent}}, {{menu}} and {{call}} can be used. Check what stands in braces.",
    ),
    "url_private": (
        "내부망이나 이 서버 자신의 주소는 쓸 수 없습니다. 인터넷에서 열리는 주소를 입력해 주세요.",
        "Addresses of private networks or of this server are not allowed. Enter one that is open to the Internet.",
    ),
    "url_own": (
        "'{host}'은(는) 이 상담 서비스가 있는 서버의 주소라서 여기서 시험할 수 없습니다. "
        "고객 정보를 보여 주는 시스템의 주소인지 확인해 주세요.",
        "'{host}' is the server of this very service, so it cannot be tested from here. Check that it is the address "
        "of the system that shows your customers.",
    ),
    "url_unknown_host": (
        "'{host}' 서버를 찾을 수 없습니다. 주소의 철자를 확인해 주세요.",
        "The server '{host}' is not found. Check how it is spelt.",
    ),
    "url_unreachable": (
        "'{host}' 서버에 연결할 수 없습니다. 서버가 켜져 있는지, 방화벽이 막고 있지 않은지 확인해 주세요.",
        "The server '{host}' cannot be reached. See whether it is running and not behind a firewall.",
    ),
    "url_timeout": (
        "{seconds}초 안에 응답이 없습니다. 서버 상태를 확인한 후 다시 시도해 주세요.",
        "There was no answer within {seconds} seconds. Look after the server, then try again.",
    ),
    "url_tls": (
        "보안 연결(TLS)을 맺을 수 없습니다: {reason}. 서버의 인증서를 확인해 주세요.",
        "No secure connection (TLS): {reason}. Check the server's certificate.",
    ),
    "url_not_http": (
        "웹서버의 응답이 아닙니다. 포트 번호를 확인해 주세요.",
        "The answer is not a web server's. Check the port.",
    ),
    # 접근관리
    "network_form": (
        "'{value}'은(는) IP 주소가 아닙니다. 203.0.113.7 또는 203.0.113.0/24 처럼 입력해 주세요.",
        "'{value}' is not an IP address. Enter one like 203.0.113.7 or 203.0.113.0/24.",
    ),
    "network_too_many": ("{limit}개까지 등록할 수 있습니다.", "There can be {limit} at most."),
    "network_locks_out": (
        "지금 접속한 주소 {address}이(가) 목록에 없습니다. "
        "이대로 저장하면 관리자 본인도 접속할 수 없으므로 저장하지 않았습니다. "
        "이 주소를 추가한 후 다시 저장해 주세요.",
        "Your present address {address} is not in the list. Saved so, you could not come back yourself, so nothing was "
        "saved. Add this address, then save again.",
    ),
    # Excel
    "no_file": ("파일을 선택해 주세요.", "Choose a file."),
    "not_xlsx": (
        "엑셀 파일(.xlsx)이 아니거나 손상되었습니다. 양식을 내려받아 작성한 파일을 올려 주세요.",
        "This is not an Excel file (.xlsx), or it is damaged. Fill in the template and upload that.",
    ),
    "sheet_old_format": (
        "암호가 걸렸거나 예전 형식(.xls)의 파일입니다. 암호를 풀고 'Excel 통합 문서(.xlsx)'로 저장한 후 올려 주세요.",
        "The file has a password or is of the old format (.xls). Save it as an Excel workbook (.xlsx) without one.",
    ),
    "sheet_macros": (
        "매크로가 든 파일은 받지 않습니다. 'Excel 통합 문서(.xlsx)'로 저장한 후 올려 주세요.",
        "Files with macros are not accepted. Save it as an Excel workbook (.xlsx) first.",
    ),
    "sheet_file_too_big": (
        "파일이 {kilobytes}KB를 넘습니다. 상담사 목록만 남기고 다시 저장해 주세요.",
        "The file has more than {kilobytes} kB. Keep only the list of agents and save it again.",
    ),
    "sheet_too_big": (
        "파일의 내용이 너무 큽니다(압축을 푼 크기 {megabytes}MB까지). 상담사 목록만 남기고 다시 저장해 주세요.",
        "The file holds too much ({megabytes} MB unpacked at most). Keep only the list of agents and save it again.",
    ),
    "sheet_too_long": (
        "{limit}행까지만 읽습니다. 아래쪽의 빈 행과 서식을 삭제한 후 다시 저장해 주세요.",
        "Only {limit} rows are read. Delete the empty rows further down and save it again.",
    ),
    "sheet_too_many": (
        "한 번에 {limit}명까지 가져올 수 있습니다. 파일을 나누어 주세요.",
        "{limit} agents at most at a time. Split the file.",
    ),
    "sheet_no_header": (
        "'상담사ID'와 '이름' 열을 찾을 수 없습니다. 양식의 첫 줄(열 이름)을 그대로 두고 작성해 주세요.",
        "The columns 'Agent ID' and 'Name' are not found. Keep the template's first row as it is.",
    ),
    "sheet_unknown_column": (
        "'{column}' 열은 알 수 없습니다. 양식의 열 이름으로 고치거나 그 열을 삭제해 주세요.",
        "The column '{column}' is not known. Use the template's names, or delete the column.",
    ),
    "sheet_column_twice": (
        "'{column}' 열이 두 번 있습니다. 하나를 삭제해 주세요.",
        "The column '{column}' is there twice. Delete one.",
    ),
    "sheet_empty": (
        "상담사가 한 명도 없습니다. 둘째 줄부터 상담사를 적어 주세요.",
        "There is no agent in it. Enter agents from the second row on.",
    ),
    "sheet_has_errors": (
        "고칠 곳이 {count}곳 있어 아무것도 저장하지 않았습니다. 파일을 고친 후 다시 올려 주세요.",
        "{count} to mend, so nothing was saved. Mend the file, then upload it again.",
    ),
    "sheet_licences": (
        "라이선스가 {missing}개 모자랍니다. 새 상담사를 줄이거나 라이선스를 늘려 달라고 운영자에게 요청해 주세요.",
        "{missing} licences are missing. Take away new agents, or ask the operator for more.",
    ),
    "sheet_login_twice": (
        "{other}행과 같은 ID입니다. 한 줄만 남겨 주세요.",
        "The same ID as in row {other}. Keep one of them.",
    ),
    "extension_automatic": (
        "내선번호는 자동으로 부여되며 바꿀 수 없습니다. 새 상담사는 비워 두고, 기존 번호는 그대로 두세요.",
        "Extensions are given automatically. Leave it empty for new agents, and unchanged for others.",
    ),
    "menu_unknown": (
        "'{value}' 메뉴가 없습니다. 안내 시트의 메뉴 이름이나 번호를 써 주세요.",
        "There is no menu '{value}'. Use a name or number of the guide sheet.",
    ),
    "menu_ambiguous": (
        "'{value}' 메뉴가 둘 이상입니다. 이름 대신 누르는 번호를 써 주세요.",
        "There are several menus '{value}'. Use the digits instead of the name.",
    ),
    "named_twice": ("'{value}'이(가) 두 번 적혀 있습니다. 하나만 남겨 주세요.", "'{value}' is there twice. Keep one."),
    "yes_or_no": ("'예' 또는 '아니오'로 적어 주세요.", "Write yes or no."),
    "cell_formula": (
        "수식은 쓸 수 없습니다. 값으로 붙여넣어 주세요.",
        "Formulas are not allowed. Paste the value instead.",
    ),
    "cell_error": ("셀에 오류 값이 있습니다. 값을 고쳐 주세요.", "The cell holds an error. Mend its value."),
    "cell_date": (
        "날짜나 시간으로 저장된 값입니다. 셀 서식을 '텍스트'로 바꾸고 다시 입력해 주세요.",
        "The value is stored as a date or time. Make the cell Text and type it again.",
    ),
    "cell_too_long": (
        "값이 너무 깁니다. 1,000자 안으로 줄여 주세요.",
        "The value is too long: 1,000 characters at most.",
    ),
}
