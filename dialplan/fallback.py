"""What FreeSWITCH does by itself with a queued call that no controller adopts: it rings the agents."""

from __future__ import annotations

import re

from app.core.definitions import AgentConfig, QueueConfig, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.model import Action, context_name, set_variable

ATTEMPTS = 2
RING_TOGETHER = 10
"""Agents that ring at the same time; more would only flood the phones of a large team."""

RING_GROUPS = 6
RING_SECONDS = 25

_SIP_USER = re.compile(r"[A-Za-z0-9._-]{1,64}")


def ring_agents(
    config: TenantConfig,
    queue: QueueConfig,
    sip_domain: str,
    recordings_dir: str,
    between: tuple[Action, ...] = (),
) -> list[Action]:
    """Rings the queue's agents tier by tier, with music, twice (``between`` is played then), and records.

    Empty when nobody is assigned. After it the call goes on with the next action when nobody answered.
    Raises InvalidDefinition for a SIP user that would change the dial string.
    """
    dial = dial_string(config, queue, sip_domain)
    if not dial:
        return []
    actions = [
        set_variable("ringback", config.music),
        set_variable("transfer_ringback", config.music),
        set_variable("ignore_early_media", "true"),
        set_variable("hangup_after_bridge", "true"),
        set_variable("continue_on_fail", "true"),
        *_recording(config, recordings_dir),
        Action("bridge", dial),
    ]
    for _ in range(ATTEMPTS - 1):
        actions += [*between, Action("bridge", dial)]
    return actions


def dial_string(config: TenantConfig, queue: QueueConfig, sip_domain: str) -> str:
    """Agents of the first tier together, then the next tier, in groups of a bounded size."""
    tiers: dict[int, list[AgentConfig]] = {}
    for agent_id, tier in sorted(queue.tiers.items(), key=lambda item: (item[1], item[0])):
        agent = config.agents.get(agent_id)
        if agent is not None and agent.active:
            tiers.setdefault(tier, []).append(agent)
    groups = [
        team[start : start + RING_TOGETHER]
        for _, team in sorted(tiers.items())
        for start in range(0, len(team), RING_TOGETHER)
    ]
    seconds = min(config.recall_seconds, RING_SECONDS)
    return "|".join(
        ",".join(_endpoint(agent, sip_domain, seconds) for agent in group) for group in groups[:RING_GROUPS]
    )


def _endpoint(agent: AgentConfig, sip_domain: str, seconds: int) -> str:
    if not _SIP_USER.fullmatch(agent.sip_user):
        raise InvalidDefinition("not a SIP user name", field="sip_user", value=agent.sip_user)
    variables = f"leg_timeout={seconds},sangdam_role=agent,sangdam_agent={agent.agent_id}"
    return f"[{variables}]user/{agent.sip_user}@{sip_domain}"


def _recording(config: TenantConfig, recordings_dir: str) -> list[Action]:
    """The same stereo recording that the controller makes; it begins when an agent answers.

    The path needs the call's id and the day, the only expansion behind the entry; neither comes from a
    caller.
    """
    if not (config.recording and recordings_dir):
        return []
    day = f"${{strftime_tz({config.timezone} %Y/%m/%d)}}"
    path = f"{recordings_dir}/{context_name(config.tenant_id)}/{day}/${{uuid}}.wav"
    return [
        set_variable("RECORD_STEREO", "true"),
        set_variable("RECORD_BRIDGE_REQ", "true"),
        # Shorter recordings would be thrown away; FreeSWITCH's own limit is three seconds.
        set_variable("RECORD_MIN_SEC", "1"),
        set_variable("app_disable_expand_variables", "false"),
        Action("record_session", path),
        set_variable("app_disable_expand_variables", "true"),
    ]
