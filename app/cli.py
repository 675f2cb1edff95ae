"""The command line, ``python -m app``. Each command is a few lines that call ``app.bootstrap``.

Errors that a person can do something about are printed as sentences; only ``--traceback`` shows
where in the program they arose.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import click

from app.config import Settings, SettingsError, unknown_variables

PROCESSES = ("controller", "web", "worker", "simswitch", "freeswitch", "redis")
"""Commands that the supervisor calls, one process each; people rarely need them."""


class Sections(click.Group):
    """A group whose help shows what people call first, and the supervisor's commands apart."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order they are defined, which is the order of first use

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = [(name, self.commands[name].get_short_help_str(80)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([row for row in shown if row[0] not in PROCESSES])
        with formatter.section("Single processes (`run` starts and watches them for you)"):
            formatter.write_dl([row for row in shown if row[0] in PROCESSES])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params.get("show_traceback"):
                raise
            raise click.ClickException(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    """What an exception says to a person; the type and place only where the text alone says too little."""
    from app.services import errors, messages

    if isinstance(error, errors.Refused):
        return messages.text(error.code, "en", **error.details)
    if isinstance(error, SettingsError) or type(error).__module__.startswith("app."):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    return f"{kind}: {error}\n(in {place.filename}:{place.lineno}; --traceback after `app` shows all of it)"


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--traceback", "show_traceback", is_flag=True, help="Show where in the program an error arose.")
@click.option(
    "--parent", type=int, hidden=True, help="Die when this process dies; the supervisor gives its own id."
)
def cli(show_traceback: bool, parent: int | None) -> None:
    """Sangdam (상담), a contact centre: calls, queues, agents, recordings, statistics.

    To see it alive, type `make run`. Everything is set by environment variables that start with
    SANGDAM_ ; `python -m app doctor` lists them with their present values and says what is missing
    on this machine.
    """
    if parent is not None:
        from app.supervisor import exec_

        exec_.die_with_parent(parent)


@cli.command()
@click.option("--verbose", "-v", is_flag=True, help="Show every line of every process, not only warnings.")
@click.option(
    "--demo-traffic/--no-demo-traffic", default=None, help="Simulated calls: with or without customers."
)
@click.option("--no-demo", is_flag=True, help="Do not make the demo tenant.")
def run(verbose: bool, demo_traffic: bool | None, no_demo: bool) -> None:
    """Start everything on this machine and keep it running; Ctrl-C stops it.

    Starts Redis, FreeSWITCH (or the simulator, where there is none), the controller, the web
    server and the worker, each watched and restarted when it dies. The first time it also makes
    the database and a demo tenant whose logins are printed.
    """
    from app.supervisor import stack

    overrides: dict[str, Any] = {} if demo_traffic is None else {"demo_traffic": demo_traffic}
    settings = _settings(**overrides)
    sys.exit(stack.run(settings, verbose=verbose, demo=not no_demo))


@cli.command()
def doctor() -> None:
    """Say what is missing on this machine and how to get it, and show every setting."""
    from app import doctor as checks

    sys.exit(checks.report(click.echo))


@cli.command(short_help="Prepare a service: schema, FreeSWITCH's configuration, all tenants' files.")
def setup() -> None:
    """Prepare a service: newest schema, FreeSWITCH's configuration, every tenant's files.

    For containers: what `run` does on one machine before it starts anything. Writes
    freeswitch/start.sh into the state directory, with which the FreeSWITCH container starts.
    """
    script = _bootstrap().set_up(_settings(prepare=True))
    click.echo(f"Everything is prepared. FreeSWITCH starts with: sh {script}")


@cli.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade", short_help="Bring the database to the newest schema.")
def db_upgrade() -> None:
    """Bring the database to the newest schema; nothing happens when it is there already."""
    _bootstrap().upgrade_database(_settings(prepare=True))
    click.echo("The database has the newest schema.")


@cli.group()
def seed() -> None:
    """Data to begin with."""


@seed.command("demo", short_help="Make the tenant `demo`, if it is missing.")
def seed_demo() -> None:
    """Make the tenant `demo` with one number, a manager and five agents, if it is missing."""
    settings = _settings(prepare=True)
    _bootstrap().seed_demo(settings)
    click.echo(f"The demo tenant is there; its logins are in {settings.demo_logins_file}.")


@cli.group()
def tenant() -> None:
    """Customers of the service (입점사)."""


@tenant.command("create")
@click.argument("name")
@click.option("--organisation", required=True, help="Name of the company, as its contract has it.")
@click.option("--did", required=True, help="Public number of the tenant, for example 07040000002.")
@click.option("--email", required=True, help="Where notices to the manager go.")
@click.option("--manager", default="admin", show_default=True, help="Login of the tenant's manager.")
@click.option("--password", help="The manager's password; without it one is made and printed.")
@click.option(
    "--licences", type=click.IntRange(1, 1000), default=5, show_default=True, help="Number of agents."
)
@click.option("--carrier", type=click.Choice(["SKTL", "KT", "LGU+"]), default="KT", show_default=True)
@click.option("--timezone", default="Asia/Seoul", show_default=True, help="In whose time opening hours are meant.")
def tenant_create(**options: Any) -> None:
    """Make a tenant under contract. NAME is its 서비스명, part of every agent's login."""
    _show(_bootstrap().create_tenant(_settings(prepare=True), **options))


@tenant.command("allow-all", short_help="Let a tenant's managers in from any address again.")
@click.argument("name")
def tenant_allow_all(name: str) -> None:
    """Let the managers of tenant NAME in from any address again (접근관리), when they have locked themselves out."""
    removed = _bootstrap().allow_all(_settings(prepare=True), name)
    was = f" It was limited to {', '.join(removed)}." if removed else " It was not limited before."
    click.echo(f"The managers of {name} may log in from any address.{was}")


@tenant.command("set-timezone", short_help="Have a tenant's opening hours meant in another time zone.")
@click.argument("name")
@click.argument("timezone", metavar="ZONE")
def tenant_set_timezone(name: str, timezone: str) -> None:
    """Have the hours, holidays and reports of tenant NAME meant in the time of ZONE (Asia/Tokyo), live at once.

    Zones whose clock FreeSWITCH cannot keep by a rule are refused: its menus would open at the wrong time.
    """
    before = _bootstrap().set_timezone(_settings(prepare=True), name=name, timezone=timezone)
    click.echo(f"The time of {name} is {timezone} from now on; it was {before}.")


@cli.group()
def agent() -> None:
    """People who take the calls (상담사)."""


@agent.command("create")
@click.argument("login")
@click.option("--tenant", required=True, help="서비스명 of the tenant.")
@click.option("--name", required=True, help="Name shown on the screens.")
@click.option("--password", help="The agent's password; without it one is made and printed.")
@click.option(
    "--menu", "menus", multiple=True, help="Digit of a menu entry the agent serves; may be repeated."
)
def agent_create(**options: Any) -> None:
    """Make an agent; the extension is given automatically. LOGIN is the 상담사ID."""
    _show(_bootstrap().create_agent(_settings(prepare=True), **options))


@cli.group()
def token() -> None:
    """Keys with which other programs use the API."""


@token.command("create")
@click.option("--tenant", required=True, help="서비스명 of the tenant.")
@click.option("--login", required=True, help="The manager or agent in whose name the token acts.")
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
def token_create(**options: Any) -> None:
    """Make an API token. It is shown this once; only its hash is kept."""
    _show(_bootstrap().create_token(_settings(prepare=True), **options))


@cli.group()
def dialplan() -> None:
    """What FreeSWITCH does with a call before it reaches a queue."""


@dialplan.command("show")
@click.argument("did")
def dialplan_show(did: str) -> None:
    """Print the live dialplan of the number DID, for example 07040000001."""
    click.echo(_bootstrap().show_dialplan(_settings(prepare=True), did))


@cli.group("caller-id")
def caller_id() -> None:
    """Numbers beside their own that tenants want to show when they call (발신번호)."""


@caller_id.command("list", short_help="Show requests that wait to be looked at.")
@click.option("--all", "everything", is_flag=True, help="All numbers, those that were decided too.")
def caller_id_list(everything: bool) -> None:
    """Show requests that wait to be looked at, the oldest first, with the files of their evidence.

    `did_of` names the tenant whose public number it is, where it is one of this service.
    """
    _show(_bootstrap().list_caller_ids(_settings(prepare=True), everything=everything))


@caller_id.command("verify", short_help="The number is the tenant's; it may be shown.")
@click.argument("caller_id", metavar="ID", type=int)
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day on which the evidence counts."
)
def caller_id_verify(caller_id: int, until: Any) -> None:
    """The evidence of request ID shows that the number is the tenant's: it may be shown until the day --until."""
    _show(_bootstrap().verify_caller_id(_settings(prepare=True), caller_id=caller_id, until=until.date()))


@caller_id.command("refuse", short_help="The number may not be shown.")
@click.argument("caller_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="Why; the tenant reads it.")
def caller_id_refuse(caller_id: int, reason: str) -> None:
    """The evidence of request ID does not do, or does not any more: the number may not be shown from now on."""
    _show(_bootstrap().refuse_caller_id(_settings(prepare=True), caller_id=caller_id, reason=reason))


@cli.group()
def journal() -> None:
    """The record of what happened, from which every number is derived."""


@journal.command("verify", short_help="Check the journal, and the records against it.")
def journal_verify() -> None:
    """Check that the journal is whole and that the call records follow from it."""
    problems = _bootstrap().verify_journal(_settings(prepare=True))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"the journal has {len(problems)} problem(s), listed above")
    click.echo("The journal is whole.")


@cli.command()
def controller() -> None:
    """Run the controller: it owns the queues, the agents' states and the offers."""
    _bootstrap().run_controller(_settings(prepare=True))


@cli.command()
def web() -> None:
    """Run the web server: portals, agent desktop and API."""
    _bootstrap().run_web(_settings(prepare=True))


@cli.command()
def worker() -> None:
    """Run the background jobs: speech, exports, recordings."""
    _bootstrap().run_worker(_settings(prepare=True))


@cli.command()
def simswitch() -> None:
    """Run the stand-in for FreeSWITCH, with simulated phones and customers."""
    _bootstrap().run_simswitch(_settings(prepare=True))


@cli.command(short_help="Write FreeSWITCH's configuration and become FreeSWITCH.")
def freeswitch() -> None:
    """Write FreeSWITCH's configuration into the state directory and become FreeSWITCH."""
    from app.supervisor import exec_

    exec_.become_freeswitch(_settings(prepare=True))


@cli.command(short_help="Become the Redis that belongs to the state directory.")
def redis() -> None:
    """Become the Redis that belongs to the state directory, on a socket, without a port."""
    from app.supervisor import exec_

    exec_.become_redis(_settings(prepare=True))


def _settings(*, prepare: bool = False, **overrides: Any) -> Settings:
    """The checked settings; with ``prepare`` the state directory is made as well."""
    for line in unknown_variables():
        click.echo(f"Warning: {line}", err=True)
    settings = Settings.load(**overrides)
    _log_from(settings.log_level)
    if prepare:
        settings.prepare()
    return settings


def _log_from(level: str) -> None:
    """Log our own parts from ``level`` on; libraries only speak up when something is wrong."""
    import structlog

    lowest = getattr(logging, level.upper())
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(lowest))
    logging.basicConfig(level=max(lowest, logging.WARNING), format="%(levelname)s %(name)s: %(message)s")
    for ours in ("app", "esl", "simswitch"):
        logging.getLogger(ours).setLevel(lowest)


def _bootstrap() -> Any:
    """The wiring, imported when a command needs it, so that `--help` and `doctor` work without it."""
    from app import bootstrap

    return bootstrap


def _show(result: Any) -> None:
    """Print what was made, as JSON that another program can read."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))


def main(arguments: list[str] | None = None, exit_with: Callable[[int], Any] = sys.exit) -> None:
    """Run one command and leave with its exit code: 0 done, 1 failed, 2 called wrongly."""
    try:
        result = cli.main(args=arguments, prog_name="python -m app", standalone_mode=False)
    except click.Abort:
        click.echo("Stopped.", err=True)
        exit_with(130)
    except BrokenPipeError:
        # `… | head` has seen enough; nothing more can be written, not even at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_with(141)
    except click.ClickException as error:
        error.show()
        exit_with(error.exit_code)
    else:
        exit_with(result if isinstance(result, int) else 0)
