"""ARS서비스: draft, checks, 적용, versions, announcements. For managers."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file
from flask.views import MethodView

from admin_ui.api import ars_file_schemas as files
from admin_ui.api import ars_schemas as shapes
from admin_ui.context import manager, services
from admin_ui.i18n import language
from admin_ui.json_bodies import Blueprint
from admin_ui.security import limiter

blueprint = Blueprint("ars", __name__, description="The tenant's ARS: menu, hours, holidays, announcements")

HEARING, UPLOADING, REHEARSING = "60/minute", "20/minute", "10/minute"
"""Speaking, decoding and rehearsing take processor time that calls need; from one address so much and no more."""

TYPING, PUBLISHING = "300/minute", "30/minute"
"""What the page asks by itself while somebody edits, for an office full of managers; and what FreeSWITCH reads anew."""

ID = "<int(max=2147483647):{}>"


def uploaded() -> tuple[str, bytes]:
    """Name and content of the form's ``file`` (``admin_ui.security`` lets it be larger than other requests)."""
    file = request.files.get("file")
    return ("", b"") if file is None else (file.filename or "", file.read())


@blueprint.route("/ars/draft")
class Draft(MethodView):
    decorators = [limiter.limit(TYPING, methods=["PUT"])]

    @blueprint.response(200, shapes.Draft)
    def get(self) -> dict[str, Any]:
        """The draft; without one what is live, or an empty document."""
        return services().ars.draft(manager(), language())

    @blueprint.arguments(shapes.DraftArgs)
    @blueprint.response(200, shapes.Draft)
    def put(self, args: dict[str, Any]) -> dict[str, Any]:
        """Keep the draft, if it is valid as a whole; calls do not see it before 적용.

        422 ``invalid_ars`` lists every problem in ``details.problems``; 409 ``changed_meanwhile`` says who
        saved since ``revision``. Line breaks in names and texts become blanks.
        """
        return services().ars.save(
            manager(), args["document"], revision=args["revision"], language=language()
        )

    @blueprint.arguments(shapes.RevisionArgs, location="query")
    @blueprint.response(200, shapes.Draft)
    def delete(self, args: dict[str, Any]) -> dict[str, Any]:
        """Drop the draft: back to what is live, which is the answer."""
        services().ars.discard(manager(), revision=args["revision"])
        return services().ars.draft(manager(), language())


@blueprint.route("/ars/texts")
class Texts(MethodView):
    decorators = [limiter.limit(TYPING, methods=["POST"])]

    @blueprint.arguments(shapes.DocumentArgs)
    @blueprint.response(200, shapes.Texts)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """What would be said with this document; nothing is kept."""
        return services().ars.texts(manager(), args["document"], language())


@blueprint.route("/ars/changes")
class Changes(MethodView):
    @blueprint.response(200, shapes.ChangeShape(many=True))
    def get(self) -> list[dict[str, Any]]:
        """How the draft differs from what is live."""
        return services().ars.changes(manager(), language())


@blueprint.route("/ars/check")
class Check(MethodView):
    decorators = [limiter.limit(HEARING, methods=["POST"])]

    @blueprint.response(200, shapes.CheckShape)
    def post(self) -> dict[str, Any]:
        """The year proof of the draft: every boundary of the coming 366 days on its compiled dialplan."""
        return services().ars.check(manager(), language())


@blueprint.route("/ars/preview")
class Preview(MethodView):
    decorators = [limiter.limit(TYPING, methods=["POST"])]

    @blueprint.arguments(shapes.PreviewArgs)
    @blueprint.response(200, shapes.HeardList)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """What a caller meets at a time with these keys, step by step."""
        return services().ars.preview(manager(), **args, language=language())


@blueprint.route("/ars/rehearsal")
class Rehearsal(MethodView):
    decorators = [limiter.limit(REHEARSING, methods=["POST"])]

    @blueprint.arguments(shapes.LiveArgs)
    @blueprint.response(200, shapes.Rehearsal)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Virtual callers through every branch of the draft."""
        return services().ars.rehearse(manager(), live=args["live"], language=language())


@blueprint.route("/ars/apply")
class Apply(MethodView):
    decorators = [limiter.limit(PUBLISHING, methods=["POST"])]

    @blueprint.arguments(shapes.ApplyArgs)
    @blueprint.response(200, shapes.Applied)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """적용: the draft becomes live at once; calls in progress keep what they have.

        409 ``nothing_to_apply``, ``changed_meanwhile``, ``ars_has_errors`` (``details.findings``).
        """
        return services().ars.apply(
            manager(), note=args["note"], revision=args["revision"], language=language()
        )


@blueprint.route("/ars/versions")
class Versions(MethodView):
    @blueprint.arguments(shapes.VersionArgs, location="query")
    @blueprint.response(200, shapes.Versions)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """What was published, newest first: who, when, what changed."""
        return services().ars.versions(manager(), args["page"], args["per_page"], language())


@blueprint.route(f"/ars/versions/{ID.format('version_id')}")
class Version(MethodView):
    @blueprint.response(200, shapes.VersionDetail)
    def get(self, version_id: int) -> dict[str, Any]:
        """One version with its document."""
        return services().ars.version(manager(), version_id, language())


@blueprint.route(f"/ars/versions/{ID.format('version_id')}/restore")
class Restore(MethodView):
    decorators = [limiter.limit(PUBLISHING, methods=["POST"])]

    @blueprint.response(200, shapes.Applied)
    def post(self, version_id: int) -> dict[str, Any]:
        """One click back: this version is applied again, as a new one. A draft is left as it is."""
        return services().ars.restore(manager(), version_id, language())


@blueprint.route("/ars/speech")
class Speech(MethodView):
    decorators = [limiter.limit(HEARING, methods=["POST"])]

    @blueprint.arguments(shapes.SpeechArgs)
    @blueprint.response(200, content_type="audio/wav")
    def post(self, args: dict[str, Any]) -> Response:
        """A text as callers would hear it."""
        return Response(services().ars.say(manager(), args["text"]), mimetype="audio/wav")


@blueprint.route("/ars/prompts")
class Prompts(MethodView):
    decorators = [limiter.limit(UPLOADING, methods=["POST"])]

    @blueprint.response(200, files.FileList)
    def get(self) -> dict[str, Any]:
        """The uploaded announcements, newest first, each with what plays it."""
        return services().ars.recordings(manager(), language())

    @blueprint.response(201, files.FileShape)
    def post(self) -> dict[str, Any]:
        """Upload an announcement (multipart, ``file``): wav, mp3, m4a or ogg, 10 MB at most."""
        who = manager()
        return services().ars.upload(who, *uploaded())


@blueprint.route(f"/ars/prompts/{ID.format('file_id')}")
class Prompt(MethodView):
    @blueprint.response(200, content_type="audio/wav")
    def get(self, file_id: int) -> Response:
        """An uploaded announcement, as callers hear it."""
        return send_file(services().ars.prompt(manager(), file_id), mimetype="audio/wav", conditional=True)

    @blueprint.response(204)
    def delete(self, file_id: int) -> None:
        """Delete an uploaded announcement. 409 ``recording_in_use`` (``details.uses``) while the draft, what is live
        or a version of the past plays it."""
        services().ars.delete_recording(manager(), file_id, language())


@blueprint.route("/ars/holidays")
class Holidays(MethodView):
    @blueprint.arguments(shapes.YearArgs, location="query")
    @blueprint.response(200, shapes.HolidayShape(many=True))
    def get(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        """The Korean public holidays of a year, lunar and substitute days included."""
        return services().ars.holidays(manager(), args["year"])
