"""Call detail records and recordings."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

from simswitch.telephones import answers
from tests.scenarios.simswitch_harness import XML, Lab


def talk(lab: Lab, *, talks_for: float = 4.0) -> str:
    """A caller waits half a second, an agent answers after one, they talk."""
    lab.switch.phones.register("demo-1001", answers(0.9))
    leg = lab.queued(number="01011112222", name="Kim", talks_for=talks_for).channel
    lab.api(f"uuid_setvar_multi {leg.uuid} hangup_after_bridge=true;sangdam_offer=agent-leg")
    lab.run(leg.uuid, "bridge", "{origination_uuid=agent-leg}user/demo-1001@sangdam.local")
    return str(leg.uuid)


def test_a_file_for_each_leg(tmp_path: Path) -> None:
    lab = Lab(cdr_dir=tmp_path)
    uuid = talk(lab)
    assert not list(tmp_path.iterdir())
    lab.pass_time(10)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"{uuid}.cdr.json", "agent-leg.cdr.json"]
    )
    record = json.loads((tmp_path / f"{uuid}.cdr.json").read_text())
    assert set(record) == {
        "core-uuid", "switchname", "channel_data", "callStats", "variables", "app_log", "callflow",
    }  # fmt: skip
    variables = record["variables"]
    assert all(isinstance(value, str) for value in variables.values())
    assert variables["sangdam_tenant"] == "1"
    assert variables["hangup_cause"] == "NORMAL_CLEARING"
    assert variables["hangup_cause_q850"] == "16"
    assert variables["sip_hangup_disposition"] == "recv_bye"
    assert (variables["duration"], variables["mduration"]) == ("5", "5600")
    assert variables["waitmsec"] == "1600"
    assert variables["transfer_history"].startswith("ARRAY::")
    flow = record["callflow"]
    assert [part["caller_profile"]["destination_number"] for part in flow] == [
        "queue-1", "chosen", "menu", "entry", "07040000001",
    ]  # fmt: skip
    assert flow[0]["times"]["hangup_time"] == variables["end_uepoch"]
    assert flow[0]["times"]["bridged_time"] == variables["bridge_uepoch"]
    assert flow[1]["times"]["transfer_time"] == flow[0]["times"]["profile_created_time"]
    assert flow[-1]["caller_profile"]["caller_id_name"] == "Kim"
    assert flow[0]["extension"]["applications"][-1] == {"app_name": "park", "app_data": ""}
    assert record["app_log"]["applications"][-1]["app_name"] == "bridge"
    agent = json.loads((tmp_path / "agent-leg.cdr.json").read_text())["variables"]
    assert (agent["direction"], agent["originator"]) == ("outbound", uuid)
    assert (agent["billmsec"], agent["answermsec"], agent["progressmsec"]) == ("4000", "1000", "100")


def test_the_record_is_there_before_the_end_is_told(tmp_path: Path) -> None:
    lab = Lab(cdr_dir=tmp_path)
    leg = lab.queued().channel
    seen: list[bool] = []
    connection = lab.switch.connect(
        lambda data: (
            seen.append((tmp_path / f"{leg.uuid}.cdr.json").exists())
            if b"CHANNEL_HANGUP_COMPLETE" in data
            else None
        )
    )
    connection.feed(b"auth secret\n\nevent json CHANNEL_HANGUP_COMPLETE\n\n")
    lab.api(f"uuid_kill {leg.uuid}")
    lab.pass_time(0.1)
    assert seen == [True]


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("encode-values", "true", "Kim%20%3C%3E"),
        ("encode-values", "false", "Kim <>"),
    ],
)
def test_values_as_configured(tmp_path: Path, setting: str, value: str, expected: str) -> None:
    conf = f'<configuration name="json_cdr.conf"><param name="{setting}" value="{value}"/></configuration>'
    lab = Lab(XML + conf, cdr_dir=tmp_path)
    leg = lab.queued(name="Kim <>").channel
    lab.api(f"uuid_kill {leg.uuid}")
    lab.pass_time(0.1)
    record = json.loads((tmp_path / f"{leg.uuid}.cdr.json").read_text())
    assert record["variables"]["sip_from_display"] == expected


def test_killed_means_no_record(tmp_path: Path) -> None:
    lab = Lab(cdr_dir=tmp_path)
    lab.queued()
    lab.switch.kill()
    assert not list(tmp_path.iterdir())


def sides(path: Path) -> list[tuple[bool, bool]]:
    """For every second: whether the left, the right can be heard."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        frames = file.readframes(file.getnframes())
    out = []
    for start in range(0, len(frames), 32000):
        second = memoryview(frames[start : start + 32000]).cast("h")
        out.append((any(second[0::2]), any(second[1::2])))
    return out


def test_a_recording_has_two_voices_and_the_right_length(tmp_path: Path) -> None:
    lab = Lab(write_recordings=True)
    uuid = talk(lab, talks_for=6.0)
    path = tmp_path / "t1" / "call.wav"
    lab.api(f"uuid_setvar_multi {uuid} RECORD_STEREO=true;RECORD_MIN_SEC=0")
    lab.pass_time(1.0)  # the bridge begins at this instant
    assert lab.api(f"uuid_record {uuid} start {path}") == "+OK Success\n"
    lab.pass_time(3.0)
    lab.api(f"uuid_dual_transfer {uuid} park/inline park/inline")
    lab.pass_time(2.0)
    lab.api(f"uuid_bridge {uuid} agent-leg")
    lab.pass_time(10.0)
    stop, end = lab.one("RECORD_STOP"), lab.one("CHANNEL_HANGUP_COMPLETE", of=uuid)
    assert int(stop["Event-Sequence"]) < int(end["Event-Sequence"])
    assert stop["Record-File-Path"] == str(path)
    with wave.open(str(path), "rb") as file:
        seconds = file.getnframes() / file.getframerate()
    assert seconds == pytest.approx(6.0, abs=0.05)
    assert sides(path) == [(True, True)] * 3 + [(True, False)] * 2 + [(True, True)]
    assert end["variable_record_seconds"] == "6"


def test_a_recording_that_waits_for_somebody(tmp_path: Path) -> None:
    lab = Lab(write_recordings=True)
    uuid = talk(lab, talks_for=5.0)
    path = tmp_path / "call.wav"
    lab.api(f"uuid_setvar_multi {uuid} RECORD_STEREO=true;RECORD_BRIDGE_REQ=true;RECORD_MIN_SEC=1")
    lab.run(uuid, "record_session", str(path))
    lab.pass_time(10.0)
    with wave.open(str(path), "rb") as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(5.0, abs=0.05)


def test_too_short_a_recording_is_thrown_away(tmp_path: Path) -> None:
    lab = Lab(write_recordings=True)
    leg = lab.queued().channel
    lab.api(f"uuid_record {leg.uuid} start {tmp_path}/short.wav")
    lab.pass_time(1)
    lab.api(f"uuid_record {leg.uuid} stop {tmp_path}/short.wav")
    assert lab.one("RECORD_STOP")["Record-Completion-Cause"] == "input-too-short"
    assert not (tmp_path / "short.wav").exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lab = Lab(write_recordings=True)
    leg = lab.queued().channel
    answer = lab.api(f"uuid_record {leg.uuid} start {tmp_path}/file/x.wav")
    assert answer == "-ERR Cannot record session!\n"
