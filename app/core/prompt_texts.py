"""Default texts of every announcement, in Korean, made from the tenant's own settings.

The names are those of ArsDefinition.prompts. A tenant may replace any text; the menu and the hours are
then still written anew from the entries and the slots when the tenant leaves those two alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.definitions import MenuEntry, QueueConfig, TenantConfig
from app.core.hours_texts import hours_text
from app.core.korean import key, ordinal, speakable, topic

LONGEST_TEXT = 200
"""Characters that a tenant may type for one announcement (the seeds' limit). What is made here from a long menu
or from hours that differ each day may be longer: it is told whole."""

POSITIONS = 10
"""Places in the queue that are announced one by one; ``position_more`` is for the places behind."""

_FIXED = {
    "connecting": "상담원에게 연결해 드리겠습니다. 잠시만 기다려 주십시오.",
    "delay": "지금은 모든 상담원이 통화 중입니다. 끊지 마시고 잠시만 더 기다려 주시면 곧 연결해 드리겠습니다.",
    "unavailable": (
        "죄송합니다. 지금은 상담원과 연결할 수 없습니다. 잠시 후 다시 전화해 주시기 바랍니다. 감사합니다."
    ),
    "lines_full": (
        "죄송합니다. 지금은 전화가 많아 연결이 어렵습니다. 잠시 후 다시 전화해 주시기 바랍니다. 감사합니다."
    ),
    "invalid": "잘못 누르셨습니다.",
    "no_digit": "입력하신 번호가 없어 통화를 마칩니다. 감사합니다.",
    "wrong_digit": "입력하신 번호를 확인할 수 없어 통화를 마칩니다. 감사합니다.",
    "callback_confirm": (
        "지금 전화하신 번호로 연락을 받으시려면 일번, 다른 번호로 받으시려면 이번을 눌러 주십시오."
    ),
    "callback_number": "연락받으실 전화번호를 누르신 다음 우물 정자를 눌러 주십시오.",
    "callback_done": "상담 예약이 접수되었습니다. 순서대로 연락드리겠습니다. 감사합니다.",
    "forced_end": "상담원에 대한 폭언이나 부적절한 말씀으로 더 이상 상담할 수 없어 통화를 종료합니다.",
    "hold": "잠시만 기다려 주십시오.",
}


PHONE_UNAVAILABLE = "지금은 전화를 걸 수 없습니다. 잠시 후 다시 걸어 주십시오."
"""What an agent's phone says when it dials while the controller is away; the same for all tenants."""


def default_texts(config: TenantConfig) -> dict[str, str]:
    """Name → text of every announcement that this tenant's calls can play."""
    ars = config.ars
    hours = hours_text(ars.slots)
    texts = {
        "greeting": greeting_text(config.service_name, recording=config.recording),
        "after_hours": after_hours_text(hours),
        "holiday": holiday_text(hours),
        "callback_offer": callback_offer_text(config.queues),
        **_FIXED,
    }
    if len(ars.menu) > 1:
        texts["menu"] = menu_text(ars.menu)
    for entry in ars.menu:
        if entry.is_submenu:
            texts[f"menu_{entry.digit}"] = submenu_text(entry.entries, single=len(ars.menu) == 1)
    single = len(ars.menu) == 1
    for keys, entry in ars.leaves():
        if entry.queue_id is None:
            texts[f"announcement_{keys}"] = announcement_text(entry, single=single)
    if any(queue.announce_position for queue in config.queues.values()):
        for place in range(1, POSITIONS + 1):
            texts[f"position_{place}"] = position_text(place)
        texts["position_more"] = f"현재 기다리시는 고객님이 {POSITIONS}명보다 많습니다."
    return texts


def texts_for(config: TenantConfig, own: Mapping[str, str]) -> dict[str, str]:
    """What is said: the tenant's own text where there is one, else the default; figures written out.

    An own text for an announcement that no call plays is left out.
    """
    defaults = default_texts(config)
    hints = {
        f"announcement_{keys}": announcement_hint(single=len(config.ars.menu) == 1)
        for keys, entry in config.ars.leaves()
        if entry.queue_id is None
    }
    spoken = {}
    for name, default in defaults.items():
        text = own.get(name, "").strip()
        # Whatever is announced, the caller hears what the keys do afterwards.
        spoken[name] = speakable(f"{_sentence(text)} {hints[name]}" if text and name in hints else text or default)
    return spoken


def greeting_text(service_name: str, *, recording: bool = True) -> str:
    """Greeting, with the notice that the call is recorded when it is (통신비밀보호법, 개인정보 보호법)."""
    notice = " 더 나은 상담을 위해 통화 내용이 녹음됩니다." if recording else ""
    return f"안녕하세요. {service_name.strip()}입니다. 전화해 주셔서 감사합니다.{notice}"


def menu_text(menu: Sequence[MenuEntry]) -> str:
    """구매 상담은 일번, 수리 접수는 이번을 눌러 주십시오."""
    choices = ", ".join(f"{topic(entry.name)} {key(entry.digit)}" for entry in menu)
    return f"{choices}을 눌러 주십시오."


def submenu_text(entries: Sequence[MenuEntry], *, single: bool = False) -> str:
    """A menu within the menu, and the way back where there is one (``single``: the top has no other entry)."""
    return menu_text(entries) if single else f"{menu_text(entries)} 처음 메뉴로 가시려면 별표를 눌러 주십시오."


def announcement_text(entry: MenuEntry, *, single: bool = False) -> str:
    """The announcement, and what the keys do afterwards."""
    return f"{_sentence(entry.announcement or '')} {announcement_hint(single=single)}".strip()


def _sentence(text: str) -> str:
    """With a full stop, so that the voice falls before what follows."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def announcement_hint(*, single: bool = False) -> str:
    """1 = again, 2 = top; with a single entry the top is the greeting."""
    top = "처음으로" if single else "처음 메뉴로"
    return f"다시 들으시려면 일번, {top} 가시려면 이번을 눌러 주십시오."


def callback_offer_text(queues: Mapping[int, QueueConfig]) -> str:
    """The offer names the key of the queues; the queues of one tenant share the recording."""
    keys = sorted({queue.callback_key for queue in queues.values()}) or ["*"]
    name = key(keys[0])
    particle = "을" if name.endswith("번") else "를"
    return f"기다리지 않고 전화를 받기 원하시면 {name}{particle} 눌러 주십시오."


def position_text(place: int) -> str:
    """고객님은 현재 세 번째로 기다리고 계십니다."""
    return f"고객님은 현재 {ordinal(place)}로 기다리고 계십니다."


def after_hours_text(hours: str) -> str:
    """Outside the hours; names them when there are any."""
    told = f" 상담 시간은 {hours}입니다." if hours else ""
    return f"지금은 상담 시간이 아닙니다.{told} 상담 시간에 다시 전화해 주시기 바랍니다. 감사합니다."


def holiday_text(hours: str) -> str:
    """On a holiday; names the usual hours when there are any."""
    told = f" 상담 시간은 {hours}입니다." if hours else ""
    return f"오늘은 휴무일입니다.{told} 상담 시간에 다시 전화해 주시기 바랍니다. 감사합니다."
