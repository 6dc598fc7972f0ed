"""The description of the routes for programs (OpenAPI 3.1), made from what they are checked by."""

from __future__ import annotations

from typing import Any

from leadtui import __version__
from leadtui.desk.web.events import FIELDS as OF_EVENTS
from leadtui.desk.web.events import KINDS, LONGEST
from leadtui.desk.web.forms import OWN
from leadtui.desk.web.posts import FIELDS, VALUE

Json = dict[str, Any]

_ABOUT_FORMS = (
    "Fields are named as the headers of a file of leads are (email, name, company, phone, country "
    "…); others are kept as answers. Names that begin with '_' say something of the post."
)
_ABOUT = {
    "_token": "The source's token, where no Authorization header says it.",
    "_id": "The post's own id: the same one again is answered as the first time and does nothing.",
    "_offer": "One of the source's offers; without it, its first.",
    "_page": "The address of the page.",
    "_next": "Where a browser is led on to: a page of the source's own sites.",
    "_at": "When it was filled in, where it is sent on later (at most 30 days).",
    "_url": "Not for people: a form hides it, and it has to stay empty.",
}
_EVENT = {
    "kind": {"type": "string", "enum": list(KINDS)},
    "seconds": {"type": "integer", "minimum": 0, "maximum": LONGEST},
    "visitor": {"type": "string", "description": "The page's own mark of a visitor, no name."},
    "email": {"type": "string", "description": "Whose it is, where the page knows."},
}


def described() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leadtui intake",
            "version": __version__,
            "description": "Web forms, landing pages and events. Times are ISO 8601.",
        },
        "paths": {
            "/forms": {"post": _post("A form: somebody asks for something.", "Form")},
            "/events": {"post": _post("Something done on a page.", "Event")},
            "/openapi.json": {"get": _get("This description.", "object")},
            "/health": {"get": _health()},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas() -> Json:
    text = {"type": "string", "maxLength": VALUE}
    value = {"anyOf": [text, {"type": "number"}, {"type": "boolean"}, {"type": "array"}]}
    own = {name: {**text, "description": said} for name, said in _ABOUT.items()}
    return {
        "Form": {
            "type": "object",
            "description": _ABOUT_FORMS,
            "properties": {name: own[name] for name in sorted(OWN)},
            "additionalProperties": value,
            "maxProperties": FIELDS,
        },
        "Event": {
            "type": "object",
            "required": ["kind"],
            "properties": {name: _EVENT.get(name) or own[name] for name in sorted(OF_EVENTS)},
            "additionalProperties": False,
        },
        "Accepted": {
            "type": "object",
            "required": ["status", "id"],
            "properties": {
                "status": {"const": "accepted"},
                "id": {"type": ["string", "null"], "description": "The id that the post carried."},
            },
        },
        "Refused": {
            "type": "object",
            "required": ["errors"],
            "properties": {"errors": {"type": "array", "items": {"type": "string"}}},
        },
    }


_REFUSALS = {
    "400": "The body cannot be read.",
    "401": "The token is missing, unknown or revoked.",
    "403": "The page's site is none of the source's.",
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "The content type is not read here.",
    "422": "A sentence for each mistake; nothing was kept.",
    "429": "Too many posts of this token and address; Retry-After says when.",
    "503": "Nothing is taken at the moment, and nothing was kept: send it again.",
}


def _post(summary: str, schema: str) -> Json:
    body = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    return {
        "summary": summary,
        "security": [{"token": []}, {}],
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "The same as _id.",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {"required": True, "content": dict.fromkeys(kinds, body)},
        "responses": {
            "200": {"description": "Accepted, told to a browser.", "content": {"text/html": {}}},
            "202": _answer("Accepted, and kept.", "Accepted"),
            "303": {"description": "Accepted; on to _next."},
            **{code: _answer(said, "Refused") for code, said in _REFUSALS.items()},
        },
    }


def _get(summary: str, kind: str) -> Json:
    content = {"application/json": {"schema": {"type": kind}}}
    return {"summary": summary, "responses": {"200": {"description": "Yes.", "content": content}}}


def _health() -> Json:
    found = _get("Whether posts are taken.", "object")
    found["responses"]["503"] = {"description": "No: the server is stopping."}
    return found


def _answer(said: str, schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": said, "content": content}
