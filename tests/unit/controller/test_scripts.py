"""The script driver on a fake call: prompts nest over one music, keys interrupt, offers pause."""

from datetime import UTC, datetime

from app.controller.scripts import KEY_PREFIX, ScriptDriver
from app.core import effects as fx
from app.core.events import (
    AppFinished,
    DigitPressed,
    EffectFailed,
    LegHungUp,
    ScriptEnded,
    ScriptEngaged,
    TimerFired,
)
from ivr_scripts.actions import Collect, Ended, Engaged, MusicOnHold, Play, Wait
from ivr_scripts.callback import leave_callback

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUN = fx.RunScript("leg", "waiting", 1, 3)
TIMER = TimerFired(KEY_PREFIX + "leg")


class Prompts:
    def paths(self, tenant_id, names):
        return tuple(f"/prompts/{name}.wav" for name in names if name != "missing")

    def music(self, tenant_id):
        return "local_stream://sangdam"


def waiting():
    yield MusicOnHold()
    while True:
        key = yield Wait(20, keys="*")
        if key:
            number = yield Collect(8, 4)
            return Ended("callback", {"number": number})
        yield Play(("delay",), keys="*")
        yield MusicOnHold()


def driver(script=waiting):
    return ScriptDriver(lambda effect: script(), Prompts())


def token_of(effects):
    (prompt,) = [effect for effect in effects if isinstance(effect, fx.PlayPrompt)]
    return prompt.token


def finished(token):
    return AppFinished("node1", NOW, "leg", token, "playback")


def pressed(digit):
    return DigitPressed("node1", NOW, "leg", digit)


def test_music_is_started_once_and_prompts_come_at_intervals():
    scripts = driver()
    assert scripts.start(RUN)[0] == [
        fx.PlayMusic("leg", "local_stream://sangdam"), fx.StartTimer(KEY_PREFIX + "leg", 20),
    ]  # fmt: skip
    for _ in range(3):
        taken, effects, told = scripts.take(TIMER)
        token = token_of(effects)
        assert taken and not told
        _, effects, _ = scripts.take(finished(token))
        assert effects == [fx.StartTimer(KEY_PREFIX + "leg", 20)]


def test_an_offer_pauses_a_wait_and_its_failure_lets_it_run_on():
    scripts = driver()
    scripts.start(RUN)
    assert scripts.stop(fx.StopScript("leg", pause=True)) == []
    assert scripts.start(fx.RunScript("leg", "waiting", 1, 3, resume=True))[0] == ()
    _, effects, _ = scripts.take(TIMER)
    assert token_of(effects)


def test_a_delay_prompt_that_falls_due_while_an_agent_rings_is_said_afterwards():
    scripts = driver()
    scripts.start(RUN)
    scripts.stop(fx.StopScript("leg", pause=True))
    assert scripts.take(TIMER) == (True, (), ())
    assert token_of(scripts.start(fx.RunScript("leg", "waiting", 1, 3, resume=True))[0])


def test_an_offer_cuts_a_prompt_short_and_its_late_end_means_nothing():
    scripts = driver()
    scripts.start(RUN)
    token = token_of(scripts.take(TIMER)[1])
    assert scripts.stop(fx.StopScript("leg", pause=True)) == [fx.StopPlaying("leg")]
    assert scripts.take(finished(token)) == (True, (), ())
    effects, _ = scripts.start(fx.RunScript("leg", "waiting", 1, 3, resume=True))
    assert effects == [fx.StartTimer(KEY_PREFIX + "leg", 20)]


def test_a_key_interrupts_a_prompt_and_digits_are_collected():
    scripts = driver()
    scripts.start(RUN)
    token_of(scripts.take(TIMER)[1])
    assert scripts.take(pressed("7")) == (True, (), ())
    # the prompt's own keys are answered with the key; this script's Play ignores it and waits again
    _, effects, _ = scripts.take(pressed("*"))
    assert effects == [fx.StopPlaying("leg"), fx.StartTimer(KEY_PREFIX + "leg", 20)]
    _, effects, _ = scripts.take(pressed("*"))
    assert effects == [fx.CancelTimer(KEY_PREFIX + "leg"), fx.StartTimer(KEY_PREFIX + "leg", 8)]
    for digit in "123":
        assert scripts.take(pressed(digit))[1] == [fx.StartTimer(KEY_PREFIX + "leg", 8)]
    _, effects, told = scripts.take(pressed("4"))
    assert effects == [fx.CancelTimer(KEY_PREFIX + "leg")]
    assert told == [ScriptEnded("leg", "waiting", "callback", {"number": "1234"})]
    assert len(scripts) == 0


def test_the_terminator_ends_the_digits_early():
    scripts = driver()
    scripts.start(RUN)
    for key in "*12":
        scripts.take(pressed(key))
    _, _, told = scripts.take(pressed("#"))
    assert told[0].data == {"number": "12"}


def test_a_hang_up_drops_the_script_and_is_still_the_cores_to_know():
    scripts = driver()
    scripts.start(RUN)
    taken, effects, _ = scripts.take(LegHungUp("node1", NOW, "leg", "ORIGINATOR_CANCEL"))
    assert not taken
    assert effects == (fx.CancelTimer(KEY_PREFIX + "leg"),)
    assert scripts.take(TIMER) == (True, (), ())


def test_who_hangs_up_during_the_thanks_for_the_callback_is_still_called_back():
    class Facts:
        caller_number = "01012345678"

    def leaving():
        return (yield from leave_callback(Facts()))

    scripts = driver(leaving)
    scripts.start(RUN)
    assert token_of(scripts.take(pressed("1"))[1])  # "1": that number is right; the thanks begin
    gone = LegHungUp("node1", NOW, "leg", "ORIGINATOR_CANCEL")
    taken, _, told = scripts.take(gone)
    # The wish first: once the core knows that the caller is gone, the call is over.
    assert taken and told == (ScriptEnded("leg", "waiting", "callback", {"number": "01012345678"}), gone)
    assert len(scripts) == 0


def test_a_script_that_ends_when_an_offer_has_failed_is_told_of():
    """The caller had confirmed; an offer cut the thanks short and came to nothing: the callback still counts."""

    class Facts:
        caller_number = "01012345678"

    def leaving():
        yield Engaged(True)
        return (yield from leave_callback(Facts()))

    scripts = driver(leaving)
    assert scripts.start(RUN)[1] == [ScriptEngaged("leg", True)]
    scripts.take(pressed("1"))
    scripts.stop(fx.StopScript("leg", pause=True))
    _, told = scripts.start(fx.RunScript("leg", "waiting", 1, 3, resume=True))
    assert told == [ScriptEnded("leg", "waiting", "callback", {"number": "01012345678"})]


def test_who_hangs_up_before_confirming_has_asked_for_nothing():
    class Facts:
        caller_number = "01012345678"

    scripts = driver(lambda: leave_callback(Facts()))
    scripts.start(RUN)
    gone = LegHungUp("node1", NOW, "leg", "ORIGINATOR_CANCEL")
    assert scripts.take(gone) == (False, (), ())


def test_a_prompt_without_a_file_is_passed_over_and_circles_are_ended():
    def circling():
        while True:
            yield Play(("missing",))

    scripts = driver(circling)
    assert scripts.start(RUN)[0] == []
    assert len(scripts) == 0


def test_a_prompt_that_the_switch_refuses_does_not_end_the_script():
    scripts = driver()
    scripts.start(RUN)
    _, effects, _ = scripts.take(TIMER)
    token = next(effect.token for effect in effects if isinstance(effect, fx.PlayPrompt))
    taken, effects, _ = scripts.take(EffectFailed("node1", NOW, "leg", token, "no such file"))
    assert taken
    assert [effect for effect in effects if isinstance(effect, fx.StartTimer)]
