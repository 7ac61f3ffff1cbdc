"""What is asked, as commands: the generations spell the same requests in the same words.

Read next: `plugin/` (v1 and v2), `v3/`, `read/`.
"""

from __future__ import annotations

import msgspec

from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE
from tertulia.dialects.nodebb.wire import own_group_name, require, tags_of
from tertulia.forum.groups.reading import find_group
from tertulia.forum.keys.creating import hash_secret
from tertulia.forum.keys.listing import list_keys
from tertulia.forum.unit import Unit
from tertulia.forum.users.availability import check_username_availability
from tertulia.forum.users.profiles import change_email, rename_user, update_user
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.actor import CredentialKind
from tertulia.model.categories import ChangePrivileges, SaveCategory
from tertulia.model.errors import KeyMissing, ParameterInvalid
from tertulia.model.groups import SaveGroup
from tertulia.model.keys import KeyView
from tertulia.model.levels import SetLevel
from tertulia.model.posts import CreatePost, UpdatePost
from tertulia.model.privileges import Holder
from tertulia.model.topics import CreateTopic, ListTopics, SetTopicStatus, TopicOrder
from tertulia.model.users import CreateUser, UpdateUser

NO_REASON = "No reason given."
MOST_TOKENS = 1000
_TEXTS = {
    "fullname": "name", "website": "website", "location": "location", "birthday": "birthday",
    "signature": "signature", "aboutme": "bio_raw",
}  # fmt: skip
_CATEGORY_TEXTS = {"name": "name", "description": "description", "class": "style", "link": "link",
                   "backgroundImage": "background_image"}  # fmt: skip
_CATEGORY_COLOURS = {"bgColor": "color", "color": "text_color"}
DEFAULT_SORT = "recently_replied"
ORDERS = {
    "recently_replied": (TopicOrder.DEFAULT, False), "newest_to_oldest": (TopicOrder.ACTIVITY, False),
    "oldest_to_newest": (TopicOrder.ACTIVITY, True), "recently_created": (TopicOrder.CREATED, False),
    "most_posts": (TopicOrder.POSTS, False), "most_votes": (TopicOrder.OP_LIKES, False),
    "most_views": (TopicOrder.VIEWS, False),
}  # fmt: skip


# -- topics and posts ---------------------------------------------------------------------------------
def create_topic(call: Call) -> CreateTopic:
    """Raises ParameterMissing naming all of cid, title and content that are not there."""
    require(call, "cid", "title", "content")
    ask = call.parameters
    return CreateTopic(
        category_id=ask.required_integer("cid"),
        title=ask.text("title", default=""),
        raw=ask.text("content", default=""),
        tags=tags_of(call) if ask.has("tags") else None,
        created_at=ask.integer("timestamp"),
    )


def create_reply(call: Call) -> CreatePost:
    require(call, "content")
    ask = call.parameters
    return CreatePost(
        topic_id=call.integer("tid"),
        raw=ask.text("content", default=""),
        reply_to_post_id=ask.integer("toPid") or None,
        created_at=ask.integer("timestamp"),
    )


def update_post(call: Call, post_id: int) -> UpdatePost:
    ask = call.parameters
    return UpdatePost(
        post_id=post_id,
        raw=ask.text("content", default=""),
        title=ask.text("title", default="") if ask.value("title") not in (None, "") else msgspec.UNSET,
        tags=tags_of(call) if ask.has("tags") else msgspec.UNSET,
    )


def topic_status(call: Call, status: str, *, enabled: bool) -> SetTopicStatus:
    until = call.parameters.integer("expiry") if enabled and status == "pinned" else None
    return SetTopicStatus(topic_id=call.integer("tid"), status=status, enabled=enabled, until=until or None)


def list_of_category(category_id: int, *, sort: str, page: int, tags: tuple[str, ...] = ()) -> ListTopics:
    """A page (from 0) of a category alone; an unknown order is the default one."""
    order, ascending = ORDERS.get(sort, ORDERS[DEFAULT_SORT])
    return ListTopics(
        category_id=category_id, include_subcategories=False, order=order, ascending=ascending, tags=tags,
        page=page, per_page=PER_PAGE, with_total=True, with_teasers=True,
    )  # fmt: skip


def topic_level(call: Call, level: int) -> SetLevel:
    return SetLevel(subject="topic", subject_id=call.integer("tid"), level=level)


def vote(call: Call) -> int:
    """1, -1 or 0: only the sign of `delta` counts."""
    delta = call.parameters.required_integer("delta")
    return (delta > 0) - (delta < 0)


# -- people -------------------------------------------------------------------------------------------
async def create_user(call: Call) -> CreateUser:
    """Whoever an administrator makes needs no confirmation. A name that is taken gets a number (source: the
    original's contract of this operation)."""
    require(call, "username")
    username = call.parameters.text("username", default="")
    found = await check_username_availability(call.unit, username)
    return _account(call.parameters, username=found.suggestion or username)


def _account(ask: Parameters, *, username: str) -> CreateUser:
    return CreateUser(
        username=username,
        email=ask.text("email") or None,
        name=ask.text("fullname", default=""),
        password=ask.text("password") or None,
        active=True,
        approved=True,
    )


async def change_profile(call: Call, user_id: int) -> None:
    """Changes what was sent of a profile; the name of the account and its address have services of their own."""
    ask, unit = call.parameters, call.unit
    texts = {field: ask.text(name, default="") for name, field in _TEXTS.items() if ask.has(name)}
    if texts:
        await update_user(unit, msgspec.structs.replace(UpdateUser(user_id=user_id), **texts))
    if username := ask.text("username"):
        await rename_user(unit, user_id, username)
    if email := ask.text("email"):
        await change_email(unit, user_id, email)


def until(call: Call) -> int | None:
    """The end of a ban or mute in ms; 0 or nothing is for ever."""
    return call.parameters.integer("until", minimum=0) or None


def reason(call: Call) -> str:
    return (call.parameters.text("reason") or "").strip() or NO_REASON


async def find_token(call: Call, user_id: int) -> KeyView:
    """One of somebody's tokens: by itself, or as the list shows it. Raises KeyMissing."""
    named = call.word("token")
    digest = hash_secret(named)
    found = await list_keys(call.unit, kinds=(CredentialKind.USER_TOKEN,), user_id=user_id, limit=MOST_TOKENS)
    for view in found.keys:
        if view.key.secret_hash == digest or shown_token(view) == named:
            return view
    raise KeyMissing()


def shown_token(view: KeyView) -> str:
    """What is left to show of a token: only its first characters are kept. The id tells equal ones apart."""
    return f"{view.key.truncated}...{view.key.id}"


# -- groups and categories ----------------------------------------------------------------------------
def save_group(call: Call, *, group_id: int | None = None, owners: tuple[str, ...] = ()) -> SaveGroup:
    """Names with blanks become a slug; what was written is kept as the full name, and shown again."""
    ask = call.parameters
    fields: dict[str, object] = {}
    if name := ask.text("name"):
        slug = "-".join(name.split())
        fields |= {"name": slug, "full_name": name if slug != name else ""}
    if ask.has("description"):
        fields["bio_raw"] = ask.text("description", default="")
    if ask.has("hidden"):
        fields["visibility_level"] = 2 if ask.boolean("hidden", default=False) else 0
    if ask.has("private") or group_id is None:
        private = ask.boolean("private", default=True)
        fields |= {"public_admission": not private}
    if ask.has("disableLeave") or group_id is None:
        fields["public_exit"] = not ask.boolean("disableLeave", default=False)
    if ask.has("userTitle"):
        fields["title"] = ask.text("userTitle") or None
    return msgspec.structs.replace(SaveGroup(group_id=group_id, owner_usernames=owners), **fields)


def save_category(call: Call, *, category_id: int | None = None) -> SaveCategory:
    ask = call.parameters
    fields: dict[str, object] = {
        field: ask.text(name, default="") for name, field in _CATEGORY_TEXTS.items() if ask.has(name)
    }
    fields |= {
        field: ask.text(name, default="").removeprefix("#")
        for name, field in _CATEGORY_COLOURS.items()
        if ask.value(name) not in (None, "")
    }
    if icon := ask.text("icon"):
        fields["icon"] = icon.removeprefix("fa-")
    for name, field in (("parentCid", "parent_id"), ("order", "position"), ("minTags", "minimum_required_tags")):
        if (number := ask.integer(name)) is not None:
            fields[field] = number
    if ask.has("disabled"):
        fields["disabled"] = ask.boolean("disabled", default=False)
    return msgspec.structs.replace(SaveCategory(category_id=category_id), **fields)


async def change_privileges(unit: Unit, category_id: int, *, member: str, bits: int, give: bool) -> ChangePrivileges:
    """For a user by id, or a group by name. Raises GroupMissing."""
    if member.isdecimal() and len(member) < 19:
        holder, holder_id = Holder.USER, int(member)
    elif member.strip():
        holder, holder_id = Holder.GROUP, (await find_group(unit, name=own_group_name(member))).id
    else:
        raise ParameterInvalid(name="member", problem="blank")
    return ChangePrivileges(category_id=category_id, holder=holder, holder_id=holder_id, bits=bits, give=give)
