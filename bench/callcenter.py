"""mod_callcenter beside the product on the same FreeSWITCH: its configuration and its way into the queue.

As its own example configuration has it (longest-idle-agent, no tier rules, its database in its place); no
wrap-up and no delays, which the benchmark's agents of the product do not have either.
"""

from __future__ import annotations

from app.config import Settings
from bench.tenant import PROMPTS, sip_user

DID = "07090000001"
QUEUE = "bench"

_CONF = """<configuration name="callcenter.conf" description="Beside the product, in a benchmark">
  <settings/>
  <queues><queue name="{queue}">
    <param name="strategy" value="longest-idle-agent"/>
    <param name="moh-sound" value="local_stream://sangdam"/>
    <param name="time-base-score" value="system"/>
    <param name="max-wait-time" value="0"/>
    <param name="max-wait-time-with-no-agent" value="0"/>
    <param name="tier-rules-apply" value="false"/>
    <param name="discard-abandoned-after" value="60"/>
    <param name="abandoned-resume-allowed" value="false"/>
  </queue></queues>
  <agents>{agents}</agents>
  <tiers>{tiers}</tiers>
</configuration>
"""

_AGENT = (
    '<agent name="{name}" type="callback" contact="{{leg_timeout=31}}user/{name}@{domain}" status="{status}" '
    'max-no-answer="0" wrap-up-time="0" reject-delay-time="0" busy-delay-time="0" no-answer-delay-time="0"/>'
)

# The same steps as a caller of the product's takes before the queue.
_PUBLIC = """<include>
<extension name="callcenter">
  <condition field="destination_number" expression="^{did}$">
    <action application="set" data="media_timeout=300000"/>
    <action application="answer"/>
    <action application="sleep" data="200"/>
    <action application="playback" data="{greeting}"/>
    <action application="playback" data="{connecting}"/>
    <action application="callcenter" data="{queue}"/>
  </condition>
</extension>
</include>
"""


def write(settings: Settings, agents: int, prompts: dict[str, str], *, available: bool) -> None:
    """Add mod_callcenter's files to a rendered configuration; ``agents`` phones are its agents."""
    assert {"greeting", "connecting"} <= set(PROMPTS)
    names = [sip_user(number) for number in range(1, agents + 1)]
    status = "Available" if available else "On Break"
    text = _CONF.format(
        queue=QUEUE,
        agents="".join(_AGENT.format(name=n, domain=settings.sip_domain, status=status) for n in names),
        tiers="".join(f'<tier agent="{n}" queue="{QUEUE}" level="1" position="1"/>' for n in names),
    )
    (settings.freeswitch_conf_dir / "autoload_configs" / "callcenter.conf.xml").write_text(text)
    entry = _PUBLIC.format(
        did=DID, greeting=prompts["greeting"], connecting=prompts["connecting"], queue=QUEUE
    )
    (settings.dialplan_dir / "public" / "callcenter.xml").write_text(entry)
    # What it wrote in an earlier run wins over the file.
    for old in (settings.freeswitch_dir / "db").glob("callcenter*"):
        old.unlink()
