"""What a request is about: the use cases, the person who asks, and how to require one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user

from app.services.container import Services, WebSettings
from app.services.errors import Refused
from app.services.people import Person

P = ParamSpec("P")
R = TypeVar("R")

EXTENSION = "sangdam"

FROM_ANYWHERE = frozenset(
    {"static", "healthz", "pages.login", "pages.logout", "pages.choose_language", "session.Session"}
)
"""What a manager may ask for from an address that 접근관리 does not name, beside the agents' pages: to log in as
somebody else, and to log out. Nothing of the tenant's is shown there."""


DESCRIPTION = "api-docs.openapi_json"


def _open_to_strangers() -> bool:
    """Whether the API answers this without a login: to log in, its description, and what is not there at all."""
    if request.endpoint is None or request.method == "OPTIONS":
        return True
    return request.endpoint == DESCRIPTION or (request.endpoint, request.method) == ("session.Session", "POST")


class LoggedIn(UserMixin):  # type: ignore[misc]
    """A person, as flask-login wants one."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return self.person.identity


def services() -> Services:
    """The use cases of this installation."""
    return cast(Services, current_app.extensions[EXTENSION][0])


def settings() -> WebSettings:
    return cast(WebSettings, current_app.extensions[EXTENSION][1])


def person() -> Person:
    """Who asks. Raises Refused ``not_authenticated``."""
    if not current_user.is_authenticated:
        raise Refused("not_authenticated")
    return cast(Person, current_user.person)


def manager() -> Person:
    """Who asks, if it is a manager. Raises Refused ``not_authenticated`` or ``forbidden``."""
    found = person()
    if not found.is_manager:
        raise Refused("forbidden")
    return found


def for_managers(view: Callable[P, R]) -> Callable[P, R]:
    """Only for managers; others are refused before the view does anything."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        manager()
        return view(*args, **kwargs)

    return guarded


def for_people(view: Callable[P, R]) -> Callable[P, R]:
    """Only for those who are logged in, in whatever role."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        person()
        return view(*args, **kwargs)

    return guarded


def address() -> str:
    """The address that the request came from (behind the TLS front: the one it names)."""
    return request.remote_addr or ""


def platform() -> str:
    """What the browser runs on, in a word, for 상담사로그인이력."""
    agent = request.user_agent.string
    for mark, name in (
        ("Android", "AOS"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows", "WINDOWS"),
        ("Macintosh", "MAC"),
        ("Linux", "LINUX"),
    ):
        if mark in agent:
            return name
    return "API" if agent else ""


def install(app: Flask, made: Services, checked: WebSettings) -> None:
    """Teach flask-login our sessions and tokens."""
    app.extensions[EXTENSION] = (made, checked)
    manager_ = LoginManager(app)
    manager_.session_protection = None  # identities carry the password's mark; addresses of phones change

    @manager_.user_loader
    def load(identity: str) -> LoggedIn | None:
        found = made.accounts.by_identity(identity, address())
        return LoggedIn(found) if found else None

    @manager_.request_loader
    def load_by_token(_request: object) -> LoggedIn | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        found = made.accounts.by_token(token.strip(), address()) if kind == "Bearer" and token else None
        return LoggedIn(found) if found else None

    @app.before_request
    def know_the_person() -> None:
        if request.headers.get("Authorization", "").startswith("Bearer "):
            # a token speaks for itself: a session that the client happens to have does not mix in
            kind = request.headers["Authorization"].partition(" ")[2].strip()
            found = made.accounts.by_token(kind, address())
            g._login_user = LoggedIn(found) if found else manager_.anonymous_user()
        else:
            session.permanent = True
        if current_user.is_authenticated:
            g.timezone = current_user.person.timezone
            open_to_all = request.endpoint in FROM_ANYWHERE or (request.endpoint or "").startswith("desk.")
            if not current_user.person.address_allowed and not open_to_all:
                raise Refused("address_not_allowed", address=address())
        elif request.path.startswith("/api/") and not _open_to_strangers():
            raise Refused("not_authenticated")  # before anybody reads the body, or asks for a page's CSRF token
