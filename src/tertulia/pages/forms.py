"""Forms that come back: what was typed, and beside each field what is wrong with it."""

from __future__ import annotations

import msgspec

from tertulia.forum.uploads.checking import authorized_extensions
from tertulia.forum.uploads.creating import create_upload
from tertulia.forum.uploads.markdown import upload_markdown
from tertulia.http.call import Call
from tertulia.model.errors import (
    CategoryMissing,
    ForumError,
    Kind,
    ParameterMissing,
    RateLimited,
    Refusals,
    StorageFailed,
    UserMissing,
)
from tertulia.model.uploads import COMPOSER, CreateUpload
from tertulia.pages.errors import STATUS, public_code
from tertulia.pages.sentences import field_sentence

_ABOUT_INPUT = (Kind.INVALID, Kind.CONFLICT, Kind.DENIED, Kind.LIMITED, Kind.MALFORMED)
_TYPED_NAMES = (CategoryMissing, UserMissing)
_AGAIN_LATER = (StorageFailed,)  # what was typed must not be lost
_FIELDS = (
    ("topic.title", "title"),
    ("post.", "raw"),
    ("upload.", "file"),
    ("storage_failed", "file"),
    ("category.", "category"),
    ("tag.", "tags"),
    ("key.description", "description"),
    ("key.scope", "scopes"),
    ("user.not_found", "username"),
    ("user.password", "password"),
    ("search.", "q"),
    ("message.", "to"),
    ("webhook.url", "payload_url"),
    ("webhook.secret", "secret"),
    ("webhook.event", "kinds"),
)


class Problems(msgspec.Struct):
    """Sentences by field name; `general` are those about the whole form."""

    status: int = 200
    reason: str | None = None
    general: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = {}

    def of(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())


async def take_back(call: Call, error: ForumError) -> Problems:
    """What to say beside the fields; whatever the unit had written is undone, so that the form can be shown again.

    Raises the error itself when no other input would help (a topic that is gone, a reader who is logged out)."""
    if error.kind not in _ABOUT_INPUT and not isinstance(error, (*_TYPED_NAMES, *_AGAIN_LATER)):
        raise error
    if isinstance(error, RateLimited):
        call.answer_headers.append(("Retry-After", str(error.params.get("seconds", 1))))
        call.answer_headers.append(("Discourse-Rate-Limit-Error-Code", str(error.params.get("limit", ""))))
    await call.unit.end()
    return problems_of(error)


def problems_of(error: ForumError) -> Problems:
    """The failure, sorted by field."""
    fields: dict[str, tuple[str, ...]] = {}
    general: tuple[str, ...] = ()
    for each in error.errors if isinstance(error, Refusals) else (error,):
        name = _field(each)
        if name:
            fields[name] = (*fields.get(name, ()), field_sentence(each))
        else:
            general = (*general, field_sentence(each))
    status = 422 if error.kind is Kind.MALFORMED or isinstance(error, _TYPED_NAMES) else STATUS[error.kind]
    return Problems(status, public_code(error), general, fields)


def typed(call: Call, name: str, *, longest: int = 200_000) -> str:
    """What stands in a field, with the line breaks that everybody else uses."""
    text = call.parameters.text(name, default="")
    return text.replace("\r\n", "\n").replace("\r", "\n")[:longest]


def _field(error: ForumError) -> str:
    if isinstance(error, ParameterMissing):
        return str(error.params.get("name", ""))
    return next((name for prefix, name in _FIELDS if error.code.startswith(prefix)), "")


# -- files ------------------------------------------------------------------------------------------
async def with_file(call: Call, raw: str) -> str:
    """The text, and behind it what shows the file that came with the form. Raises what keeping a file raises.

    The upload is committed on its own: a text that is refused comes back with the file in it."""
    file = call.parameters.file("file")
    if file is None:
        return raw
    command = CreateUpload(purpose=COMPOSER, filename=file.filename, size=file.size, file=file.file)
    view = await create_upload(call.unit, command)
    await call.unit.commit()
    shown = upload_markdown(view)
    return f"{raw.rstrip()}\n\n{shown}".lstrip() if shown not in raw else raw


def accepted(call: Call) -> str:
    """The endings for the field's `accept`; empty where all may be sent."""
    named = authorized_extensions(call.unit)
    return "" if "*" in named else ",".join(f".{each}" for each in named)
