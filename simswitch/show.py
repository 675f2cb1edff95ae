"""What ``show channels`` tells of a leg (the table ``channels`` of switch_core_sqldb.c)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simswitch.channel import STATE_NAMES, Channel


def row(channel: Channel) -> dict[str, Any]:
    """One line of ``show channels``; every value is a text."""
    first, now = channel.initial, channel.profile
    created = datetime.fromtimestamp(first.times.created // 1_000_000, UTC)
    local = created.astimezone(channel.switch.local_zone)
    variables = channel.variables
    other = channel.other
    sounding = channel.answered or channel.early
    codec, rate, bits = ("PCMU", "8000", "64000") if sounding else ("", "", "")
    return {
        "uuid": channel.uuid,
        "direction": "inbound" if channel.inbound else "outbound",
        "created": local.strftime("%Y-%m-%d %H:%M:%S"),
        "created_epoch": str(first.times.created // 1_000_000),
        "name": channel.name,
        "state": STATE_NAMES[channel.running],
        "cid_name": now.caller_id_name,
        "cid_num": now.caller_id_number,
        "ip_addr": now.network_addr,
        "dest": now.destination_number,
        "application": variables.get("current_application", ""),
        "application_data": variables.get("current_application_data", ""),
        "dialplan": now.dialplan,
        "context": now.context,
        "read_codec": codec,
        "read_rate": rate,
        "read_bit_rate": bits,
        "write_codec": codec,
        "write_rate": rate,
        "write_bit_rate": bits,
        "secure": "",
        "hostname": channel.switch.node,
        "presence_id": variables.get("presence_id", ""),
        "presence_data": "",
        "accountcode": variables.get("accountcode", ""),
        "callstate": channel.call_state,
        "callee_name": now.callee_id_name,
        "callee_num": now.callee_id_number,
        "callee_direction": "SEND" if other is not None else "",
        "call_uuid": variables.get("call_uuid", channel.uuid) if channel.bridged else channel.uuid,
        "sent_callee_name": now.callee_id_name if channel.bridged else "",
        "sent_callee_num": now.callee_id_number if channel.bridged else "",
        "initial_cid_name": first.caller_id_name,
        "initial_cid_num": first.caller_id_number,
        "initial_ip_addr": first.network_addr,
        "initial_dest": first.destination_number,
        "initial_dialplan": first.dialplan,
        "initial_context": first.context,
    }
