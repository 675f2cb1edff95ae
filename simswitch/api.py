"""Api commands, answered in FreeSWITCH's words (mod_commands.c, mod_sofia.c, mod_hash.c).

What acts on one leg is in api_legs; here are the switch as a whole, lists, and functions for ``${…}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simswitch import api_legs
from simswitch.clock import Sleeper, Steps
from simswitch.control import control
from simswitch.datetimes import zone
from simswitch.dialplan import search
from simswitch.show import row
from simswitch.vitals import uptime_text

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

Result = str | Callable[[Sleeper], Steps]
"""The answer, or an activity that returns it."""

_RULE = "=" * 97


class Api:
    """The commands of one switch."""

    def __init__(self, switch: SimSwitch) -> None:
        self._switch = switch

    def run(self, line: str) -> Result:
        """Carry out ``name arguments``."""
        name, _, arguments = line.strip().partition(" ")
        name = name.lower()
        arguments = arguments.strip()
        on_leg = api_legs.COMMANDS.get(name)
        if on_leg is not None:
            return on_leg(self._switch, arguments)
        command: Callable[[str], Result] | None = getattr(self, f"do_{name}", None)
        if command is None:
            return f"-ERR {name} Command not found!\n"
        return command(arguments)

    # --- The switch ---

    def do_status(self, arguments: str) -> str:
        switch = self._switch
        return (
            f"UP {uptime_text(switch)}\n"
            f"FreeSWITCH (Version 1.11.0-simswitch 64bit) is ready\n"
            f"{switch.sessions} session(s) since startup\n"
            f"{len(switch.channels)} session(s) - peak {switch.peak}, last 5min {switch.peak} \n"
            "0 session(s) per Sec out of max 10000, peak 0, last 5min 0 \n"
            "100000 session(s) max\nmin idle cpu 0.00/99.00\n"
        )

    def do_version(self, arguments: str) -> str:
        return "FreeSWITCH Version 1.11.0-simswitch~64bit\n"

    def do_reloadxml(self, arguments: str) -> str:
        return f"+OK [{self._switch.reload()}]\n"

    def do_global_getvar(self, arguments: str) -> str:
        if arguments == "core_uuid":
            return self._switch.core_uuid
        if not arguments:
            every = {**self._switch.document.globals, "core_uuid": self._switch.core_uuid}
            return "".join(f"{name}={value}\n" for name, value in every.items())
        return self._switch.document.globals.get(arguments, "")

    def do_global_setvar(self, arguments: str) -> str:
        name, equals, value = arguments.partition("=")
        if not equals:
            return "-USAGE: global_setvar <var>=<value> [=<value2>]\n"
        self._switch.document.globals[name] = value
        return "+OK"

    def do_create_uuid(self, arguments: str) -> str:
        return self._switch.new_uuid()

    def do_hostname(self, arguments: str) -> str:
        return self._switch.hostname

    def do_eval(self, arguments: str) -> str:
        return arguments

    def do_echo(self, arguments: str) -> str:
        return arguments

    def do_uptime(self, arguments: str) -> str:
        return str(int(self._switch.clock.time() - self._switch.started))

    def do_hupall(self, arguments: str) -> str:
        from simswitch.causes import from_text

        cause = from_text(arguments.split()[0]) if arguments else "MANAGER_REQUEST"
        for channel in tuple(self._switch.channels.values()):
            channel.hangup(cause)
        return f"+OK hangup all channels with cause {cause}\n"

    def do_fsctl(self, arguments: str) -> str:
        word = arguments.split()[0].lower() if arguments else ""
        if word == "crash" or word.startswith("shutdown"):
            self._switch.clock.soon(self._switch.kill)
            return "+OK\n"
        if word in ("loglevel", "sps", "max_sessions", "min_idle_cpu"):
            return "+OK\n"
        return "false" if word == "pause_check" else f"-USAGE: fsctl [{word}]\n"

    def do_module_exists(self, arguments: str) -> str:
        return "true" if arguments in _MODULES else "false"

    def do_reload(self, arguments: str) -> str:
        return "+OK Reloading XML\n+OK module loaded\n" if arguments in _MODULES else "-ERR no such module\n"

    def do_system(self, arguments: str) -> str:
        self._switch.system_calls.append(arguments)
        return "-ERR system Command not found!\n"

    do_bg_system = do_system

    def do_sim(self, arguments: str) -> str:
        return control(self._switch, arguments)

    # --- Tasks ---

    def do_sched_transfer(self, arguments: str) -> str:
        words = arguments.split()
        if len(words) < 3:
            return "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"
        if self._switch.locate(words[1]) is None:
            return "-ERR No such channel!\n"
        tasks = self._switch.tasks
        tasks.transfer(tasks.moment(words[0]), words[1], words[2:5])
        return "+OK\n"

    def do_sched_hangup(self, arguments: str) -> str:
        from simswitch.causes import from_text

        words = arguments.split()
        if len(words) < 2:
            return "-USAGE: [+]<time> <uuid> [<cause>]\n"
        channel = self._switch.locate(words[1])
        if channel is None:
            return "-ERR No such channel!\n"
        cause = from_text(words[2]) if len(words) > 2 else "ALLOTTED_TIMEOUT"
        if words[0] == "+0":
            channel.hangup(cause)
        else:
            self._switch.tasks.hangup(self._switch.tasks.moment(words[0]), words[1], cause)
        return "+OK\n"

    def do_sched_broadcast(self, arguments: str) -> str:
        words = arguments.split()
        if len(words) < 3:
            return "-USAGE: [[+]<time>|@time] <uuid> <path> [aleg|bleg|both]\n"
        if self._switch.locate(words[1]) is None:
            return "-ERR No such channel!\n"
        tasks = self._switch.tasks
        to = words[3] if len(words) > 3 else "aleg"
        tasks.broadcast(tasks.moment(words[0]), words[1], words[2], to)
        return "+OK Message Scheduled\n"

    def do_sched_api(self, arguments: str) -> str:
        words = arguments.split(" ", 2)
        if len(words) < 3:
            return "-ERR Invalid syntax. USAGE: sched_api [+@]<time> <group_name> <command_string>[&]\n"
        number = self._switch.tasks.api(self._switch.tasks.moment(words[0]), words[1], words[2])
        return f"+OK Added: {number}\n"

    def do_sched_del(self, arguments: str) -> str:
        return f"+OK Deleted: {self._switch.tasks.delete(arguments)}\n"

    def do_unsched_api(self, arguments: str) -> str:
        return "+OK\n" if self._switch.tasks.delete(arguments) else "-ERR No such id\n"

    # --- Lists ---

    def do_show(self, arguments: str) -> str:
        words = arguments.lower().split()
        what = words[0] if words else ""
        if what in ("channels", "calls", "bridged_calls", "detailed_calls"):
            rows = [row(channel) for channel in self._switch.channels.values() if channel.up]
            if what != "channels":
                rows = [item for item in rows if item["uuid"] == item["call_uuid"]]
        elif what == "registrations":
            rows = self._registrations()
        else:
            return "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels…\n"
        if words[-2:] == ["as", "json"]:
            if not rows:
                return '{"row_count": 0}\n'
            return json.dumps(
                {"row_count": len(rows), "rows": rows}, ensure_ascii=False, separators=(",", ":")
            )
        if words[1:] == ["count"]:
            return f"\n{len(rows)} total.\n"
        if not rows:
            return "\n0 total.\n"
        lines = [",".join(rows[0]), *(",".join(str(value) for value in item.values()) for item in rows)]
        return "\n".join(lines) + f"\n\n{len(rows)} total.\n"

    def _registrations(self) -> list[dict[str, Any]]:
        now = int(self._switch.clock.time())
        return [
            {
                "reg_user": contact.user,
                "realm": contact.domain,
                "token": contact.call_id,
                "url": f"sofia/internal/sip:{contact.address}",
                "expires": str(now + 3600),
                "network_ip": "127.0.0.1",
                "network_port": str(contact.port),
                "network_proto": "udp",
                "hostname": self._switch.node,
                "metadata": "",
            }
            for contact in self._switch.phones.all()
        ]

    def do_sofia(self, arguments: str) -> str:
        words = arguments.split()
        if words[:2] == ["status", "profile"] and len(words) >= 4 and words[3] == "reg":
            return self._registered_text()
        if words[:1] == ["status"]:
            if words[1:2] == ["gateway"] and len(words) > 2:
                name = words[2].split("::")[-1]
                if name not in self._switch.gateways:
                    return "Invalid Gateway!\n"
                return (
                    f"{_RULE}\nName    \t{name}\nProfile \texternal\nState   \tNOREG\nStatus  \tUP\n{_RULE}\n"
                )
            return f"{_RULE}\ninternal\tprofile\tRUNNING (0)\nexternal\tprofile\tRUNNING (0)\n{_RULE}\n"
        if words[:1] == ["profile"] and len(words) >= 3:
            if words[1] not in ("internal", "external"):
                return f"Invalid Profile [{words[1]}]"
            if words[2] == "rescan":
                return f"Reload XML [{self._switch.reload()}]\n+OK scan complete\n"
            if words[2] == "killgw":
                return "+OK gateway marked for deletion.\n"
            if words[2] == "flush_inbound_reg":
                return "+OK flushing all registrations\n"
            return "+OK\n"
        return "-ERR Unknown command!\n"

    def _registered_text(self) -> str:
        parts = ["\nRegistrations:", _RULE]
        for contact in self._switch.phones.all():
            parts += [
                f"Call-ID:    \t{contact.call_id}",
                f"User:       \t{contact.user}@{contact.domain}",
                f"Contact:    \t<sip:{contact.address}>",
                f"Agent:      \t{contact.user_agent}",
                "Status:     \tRegistered(UDP)(unknown) EXP(2099-01-01 00:00:00) EXPSECS(3600)",
                "IP:         \t127.0.0.1",
                f"Port:       \t{contact.port}",
                f"Auth-User:  \t{contact.user}",
                f"Auth-Realm: \t{contact.domain}",
                "",
            ]
        return "\n".join([*parts, f"Total items returned: {len(self._switch.phones.all())}", _RULE, ""])

    def do_sofia_contact(self, arguments: str) -> str:
        user = arguments.split("/")[-1].partition("@")[0]
        found = self._switch.phones.contacts(user)
        return ",".join(f"sofia/internal/sip:{item.address}" for item in found) or "error/user_not_registered"

    def do_user_exists(self, arguments: str) -> str:
        words = arguments.split()
        return "true" if len(words) > 2 and (words[1], words[2]) in self._switch.document.users else "false"

    def do_domain_exists(self, arguments: str) -> str:
        return "true" if arguments in self._switch.document.domains else "false"

    def do_limit_usage(self, arguments: str) -> str:
        words = arguments.split()
        return str(self._switch.usage[f"{words[1]}_{words[2]}"]) if len(words) > 2 else "-ERR\n"

    # --- Functions for ${…} ---

    def expansion(self, name: str, arguments: str) -> str | None:
        """The value of ``${name(arguments)}``; only functions that change nothing have one."""
        function = getattr(self, f"fn_{name.lower()}", None)
        return function(arguments) if function is not None else None

    def _local(self) -> datetime:
        return self._switch.clock.now().astimezone(self._switch.local_zone)

    def fn_strftime(self, arguments: str) -> str:
        return _strftime(self._local(), arguments or "%Y-%m-%d %H:%M:%S")

    def fn_strftime_tz(self, arguments: str) -> str:
        name, _, form = arguments.partition(" ")
        return _strftime(self._switch.clock.now().astimezone(zone(name)), form or "%Y-%m-%d %H:%M:%S")

    do_strftime = fn_strftime
    do_strftime_tz = fn_strftime_tz

    def fn_strepoch(self, arguments: str) -> str:
        return str(int(self._switch.clock.time()))

    do_strepoch = fn_strepoch

    def fn_cond(self, arguments: str) -> str:
        found = re.fullmatch(r"\s*(.*?)\s*(==|!=|>=|<=|>|<)\s*(.*?)\s*\?\s*(.*?)\s*:\s*(.*?)\s*", arguments)
        if not found:
            return "-ERR"
        left, sign, right, yes, no = found.groups()
        numbers = left.lstrip("-").isdigit() and right.lstrip("-").isdigit()
        order = (
            (int(left) > int(right)) - (int(left) < int(right))
            if numbers
            else (left > right) - (left < right)
        )
        holds = {"==": order == 0, "!=": order != 0, ">=": order >= 0, "<=": order <= 0, ">": order > 0,
                 "<": order < 0}[sign]  # fmt: skip
        return yes if holds else no

    do_cond = fn_cond

    def fn_regex(self, arguments: str) -> str:
        delimiter = "|"
        if arguments.startswith("m:") and arguments[3:4] == ":":
            delimiter, arguments = arguments[2], arguments[4:]
        parts = arguments.split(delimiter)
        if len(parts) < 2:
            return "-ERR"
        match = search(parts[0], parts[1])
        if len(parts) == 2:
            return "true" if match else "false"
        return re.sub(r"%(\d)", lambda item: match.group(int(item.group(1))) or "", parts[2]) if match else ""

    do_regex = fn_regex

    def fn_limit_usage(self, arguments: str) -> str:
        return self.do_limit_usage(arguments)

    def fn_sofia_contact(self, arguments: str) -> str:
        return self.do_sofia_contact(arguments)

    def fn_create_uuid(self, arguments: str) -> str:
        return self._switch.new_uuid()

    def fn_system(self, arguments: str) -> str:
        self._switch.system_calls.append(arguments)
        return ""


_MODULES = frozenset({
    "mod_commands", "mod_dptools", "mod_dialplan_xml", "mod_event_socket", "mod_hash", "mod_json_cdr",
    "mod_local_stream", "mod_sofia", "mod_sndfile", "mod_tone_stream",
})  # fmt: skip


def _strftime(moment: datetime, form: str) -> str:
    return moment.strftime(form.replace("%-", "%"))
