"""Call detail records as mod_json_cdr writes them (switch_ivr_generate_json_cdr), and the last variables.

A file for each leg, in the shape of FreeSWITCH's: ``variables``, ``app_log``, ``callflow`` with the newest
profile first and its times in microseconds.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import orjson

from simswitch import causes
from simswitch.callerprofile import Profile, Times
from simswitch.channel import STATE_NAMES, Channel
from simswitch.events import array, url_encode


def final_variables(channel: Channel, local: tzinfo | None) -> None:
    """What switch_channel_set_timestamps leaves in the variables when a leg ends."""
    out = channel.variables
    times = channel.profile.times
    out["hangup_cause"] = channel.cause
    out["hangup_cause_q850"] = str(_q850(channel.cause))
    out["digits_dialed"] = out.get("digits_dialed", "none")
    stamps = (
        ("start", times.created), ("profile_start", times.profile_created), ("answer", times.answered),
        ("bridge", times.bridged), ("progress", times.progress), ("progress_media", times.progress_media),
        ("end", times.hungup), ("last_hold", times.last_hold), ("resurrect", times.resurrected),
    )  # fmt: skip
    for name, value in stamps:
        out[f"{name}_epoch"] = str(value // 1_000_000)
        out[f"{name}_uepoch"] = str(value)
        if value and name != "resurrect":
            moment = datetime.fromtimestamp(value // 1_000_000, UTC).astimezone(local)
            out[f"{name}_stamp"] = moment.strftime("%Y-%m-%d %H:%M:%S")
    out["hold_accum_seconds"] = str(times.hold_accum // 1_000_000)
    out["hold_accum_ms"] = str(times.hold_accum // 1000)
    out["hold_accum_usec"] = str(times.hold_accum)
    if channel.app_log:
        out["last_app"], out["last_arg"] = channel.app_log[-1][:2]
        if not out["last_arg"]:
            del out["last_arg"]
    profile = channel.profile
    out["caller_id"] = f'"{profile.caller_id_name}" <{profile.caller_id_number}>'
    for name, span in _spans(times):
        out[f"{name}sec"] = str(span // 1_000_000)
        out[f"{name}msec"] = str(span // 1000)
        out[f"{name}usec"] = str(span)
    whole = times.hungup - times.created
    out["duration"] = str(times.hungup // 1_000_000 - times.created // 1_000_000)
    out["mduration"], out["uduration"] = str(whole // 1000), str(whole)
    out["billsec"] = str(_seconds(times.answered, times.hungup))


def _q850(cause: str) -> int:
    number = causes.Q850.get(cause, 16)
    return number if number < 128 else 16 if number != 487 else 487


def _seconds(start: int, end: int) -> int:
    return end // 1_000_000 - start // 1_000_000 if start and end else 0


def _spans(times: Times) -> tuple[tuple[str, int], ...]:
    def since(moment: int) -> int:
        return moment - times.created if moment else 0

    bill = times.hungup - times.answered if times.answered else 0
    return (
        ("bill", bill),
        ("progress", since(times.progress)),
        ("answer", since(times.answered)),
        ("wait", since(times.bridged)),
        ("progress_media", since(times.progress_media)),
        ("flow_bill", times.hungup - times.created),
    )


def record(channel: Channel, core_uuid: str, switchname: str, encode: bool) -> dict[str, Any]:
    def value(item: Any) -> str:
        text = array(item)
        return url_encode(text) if encode else text

    return {
        "core-uuid": core_uuid,
        "switchname": switchname,
        "channel_data": {
            "state": STATE_NAMES[channel.running],
            "direction": "inbound" if channel.inbound else "outbound",
            "state_number": str(int(channel.state)),
            "flags": "0=1;1=1",
            "caps": "1=1;2=1;3=1",
        },
        "callStats": {"audio": {"inbound": {}, "outbound": {}}},
        "variables": {name: value(item) for name, item in channel.variables.items()},
        "app_log": {
            "applications": [
                {"app_name": name, "app_data": data, "app_stamp": str(stamp)}
                for name, data, stamp in channel.app_log
            ]
        },
        "callflow": [_flow(profile) for profile in reversed(channel.profiles)],
    }


def _flow(profile: Profile) -> dict[str, Any]:
    times = profile.times
    out: dict[str, Any] = {"dialplan": profile.dialplan, "profile_index": str(profile.index)}
    if profile.extension is not None:
        out["extension"] = {
            "name": profile.extension.name,
            "number": profile.extension.number,
            "applications": [{"app_name": name, "app_data": data} for name, data in profile.extension.apps],
        }
    out["caller_profile"] = {
        "username": profile.username, "dialplan": profile.dialplan, "caller_id_name": profile.caller_id_name,
        "ani": profile.ani, "aniii": "", "caller_id_number": profile.caller_id_number,
        "network_addr": profile.network_addr, "rdnis": profile.rdnis,
        "destination_number": profile.destination_number, "uuid": profile.uuid, "source": profile.source,
        "context": profile.context, "chan_name": profile.chan_name,
    }  # fmt: skip
    out["times"] = {
        "created_time": str(times.created), "profile_created_time": str(times.profile_created),
        "progress_time": str(times.progress), "progress_media_time": str(times.progress_media),
        "answered_time": str(times.answered), "bridged_time": str(times.bridged),
        "last_hold_time": str(times.last_hold), "hold_accum_time": str(times.hold_accum),
        "hangup_time": str(times.hungup), "resurrect_time": str(times.resurrected),
        "transfer_time": str(times.transferred),
    }  # fmt: skip
    return out


def write(directory: Path, prefix: str, channel: Channel, content: dict[str, Any]) -> Path:
    """Write the file; it appears whole or not at all."""
    path = directory / f"{prefix}{channel.uuid}.cdr.json"
    draft = path.with_suffix(".part")
    try:
        data = orjson.dumps(content)
    except TypeError:
        # A caller's bytes that are not UTF-8.
        data = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    draft.write_bytes(data)
    os.replace(draft, path)
    return path
