"""What each failure says to NodeBB's clients."""

from __future__ import annotations

from tertulia.dialects.nodebb.wire import iso
from tertulia.model.errors import ForumError

_FAR = 4_102_444_800_000  # the year 2100: what ends then is meant for ever

INVALID_DATA = "Invalid data"
NO_PRIVILEGES = "You do not have enough privileges for this action."

SENTENCES: dict[str, str] = {
    "request.body_broken": "{problem}",
    "request.body_too_large": "The request body is larger than {maximum} bytes.",
    "request.too_many_parameters": "The request holds more than {maximum} parameters.",
    "request.parameter_missing": "Required parameters were missing from this API call: {name}",
    "request.parameter_invalid": "Invalid data: {name}",
    "internal": "An unexpected error was encountered while attempting to service your request.",
    "busy": "The forum is busy. Please try again in {seconds} seconds.",
    "rate_limited": "Too many requests. Please wait {seconds} seconds.",
    "credential.acting_user_missing": "A master token was received without a corresponding `_uid` in the request body",
    "credential.acting_user_unknown": "Invalid user ID",
    "session.login_failed": "Invalid login credentials",
    "session.not_activated": "Please confirm your account before you log in.",
    "session.not_approved": "Your account is awaiting approval.",
    "session.suspended": "This account is banned.",
    "credential.kind_refused": "Please log in again to do this; a token is not enough.",
    "staff_only": NO_PRIVILEGES,
    "not_logged_in": "A valid login session was not found. Please log in and try again.",
    "not_found": "Invalid API call",
    "user.not_found": "User does not exist",
    "user.username_taken": "Username taken",
    "user.username_too_short": "Username too short",
    "user.username_too_long": "Username too long",
    "user.email_taken": "Email taken",
    "email.token_invalid": "This link is no longer valid. Ask for a new one.",
    "email.too_many": "Too many mails were asked for. Please wait {seconds} seconds.",
    "user.email_invalid": "Invalid email",
    "user.password_too_short": "Password too short",
    "user.password_too_long": "Password too long",
    "user.password_wrong": "Your current password is not right.",
    "user.follow_self": "You can't follow yourself!",
    "user.follow_already": "You are already following this user",
    "user.follow_missing": "You are not following this user",
    "user.silenced": "You are muted until {until}.",
    "group.not_found": "Group does not exist",
    "group.name_taken": "Group already exists",
    "group.name_invalid": "Invalid group name",
    "group.member_already": "You are already part of this group",
    "group.member_missing": "You are not part of this group",
    "category.not_found": "Category does not exist",
    "category.unknown": "Category does not exist",
    "category.disabled": "Category disabled",
    "category.name_blank": "Invalid category name",
    "category.privilege_unknown": "Invalid privilege: {name}",
    "tag.too_many": "You can use at most {maximum} tags.",
    "tag.too_few": "You must add at least {minimum} tags.",
    "tag.too_long": "Tag {name} is longer than {maximum} characters.",
    "tag.name_invalid": "Invalid tag: {name}",
    "topic.not_found": "Topic does not exist",
    "topic.closed": "This topic is locked.",
    "topic.archived": "This topic is archived.",
    "topic.deleted": "This topic has been deleted.",
    "topic.deleted_already": "This topic has already been deleted",
    "topic.not_deleted": "This topic has already been restored",
    "topic.title_blank": "Please enter a title.",
    "topic.title_too_short": "Please enter a longer title. Titles should contain at least {minimum} character(s).",
    "topic.title_too_long": "Please enter a shorter title. Titles can't be longer than {maximum} character(s).",
    "topic.title_unclear": "The title seems unclear. Is it a complete sentence?",
    "topic.title_taken": "A topic with this title exists already.",
    "topic.unlisted_refused": "You may not create an unlisted topic.",
    "post.not_found": "Post does not exist",
    "post.body_blank": "Please enter a post.",
    "post.body_too_short": "Please enter a longer post. Posts should contain at least {minimum} character(s).",
    "post.body_too_long": "Please enter a shorter post. Posts can't be longer than {maximum} character(s).",
    "post.body_unclear": "The post seems unclear. Is it a complete sentence?",
    "post.body_too_similar": "You posted the same text a short while ago.",
    "post.edit_too_late": "You can no longer edit this post.",
    "post.deleted_already": "This post has already been deleted",
    "post.not_deleted": "This post has already been restored",
    "vote.own_post": "You cannot vote on your own post",
    "vote.already": "You have already voted for this post.",
    "vote.not_found": "You have not voted for this post.",
    "bookmark.already": "You have already bookmarked this post",
    "bookmark.not_found": "You have not bookmarked this post",
    "message.recipients_unknown": "User does not exist: {names}",
    "setting.invalid": "{name}: {allowed}",
    "request.method_unknown": "Invalid API call",
    "request.csrf_failed": "Forbidden",
    "not_allowed": NO_PRIVILEGES,
    "credential.user_suspended": "This account is banned.",
    "credential.user_inactive": "Please confirm your account before you log in.",
    "user.username_characters": "Invalid username: only letters, digits, dots, dashes and underscores",
    "user.username_start": "Invalid username: it must begin with a letter, a digit or an underscore",
    "user.username_end": "Invalid username: it must end with a letter or a digit",
    "user.username_repeats": "Invalid username: no two dots, dashes or underscores in a row",
    "user.username_suffix": "Invalid username: it must not end like a file",
    "user.username_reserved": "Invalid username: it is reserved",
    "user.email_blocked": "Invalid email: this address is not accepted here",
    "user.external_id_taken": "Another account has this external id",
    "user.password_common": "This password is one of the commonest. Please choose another.",
    "user.password_same_as_username": "Your password is identical to your username, please choose another password.",
    "user.password_same_as_name": "Your password is identical to your name, please choose another password.",
    "user.password_same_as_email": "Your password is identical to your email, please choose another password.",
    "user.password_repetitive": "Your password must hold at least {minimum} different characters.",
    "user.field_too_long": "{name} is longer than {maximum} characters.",
    "user.has_posts": "This account has {posts} posts.",
    "user.suspended_already": "This account is banned already.",
    "user.silenced_already": "This account is muted already.",
    "user.is_protected": "This account cannot be changed so.",
    "user.trust_level_invalid": "Trust levels are 0 to 4.",
    "group.built_in": "This group cannot be changed.",
    "group.closed": "This group is private.",
    "category.name_taken": "A category has this name already.",
    "category.name_too_long": "The name of a category has at most {maximum} characters.",
    "category.slug_taken": "A category has this slug already.",
    "category.slug_invalid": "Invalid category slug",
    "category.colour_invalid": "A colour is written #rrggbb.",
    "category.not_empty": "This category holds {topics} topics.",
    "category.special": "This category cannot be deleted.",
    "category.has_children": "This category has subcategories.",
    "category.parent_invalid": "Invalid parent category",
    "category.too_deep": "Categories have at most {maximum} levels.",
    "category.required": "Please choose a category.",
    "tag.not_found": "Tag does not exist",
    "tag.exists": "The tag {name} exists already.",
    "level.invalid": "Invalid watch state: {name}",
    "topic.undeletable": "This topic cannot be deleted.",
    "topic.title_word_too_long": "A word of the title is longer than {maximum} characters.",
    "topic.title_emojis": "A title holds at most {maximum} emoji.",
    "topic.external_id_invalid": "Invalid external id",
    "topic.external_id_taken": "Another topic has this external id",
    "topic.status_unknown": "Invalid topic state: {name}",
    "topic.edit_conflict": "Somebody else has edited this topic meanwhile.",
    "topic.slow_mode": "Please wait {seconds} seconds before you post here again.",
    "post.mentions_too_many": "A post mentions at most {maximum} people.",
    "post.mentions_too_many_new_user": "New users can mention at most {maximum} people in a post.",
    "post.links_too_many_new_user": "New users can put at most {maximum} links into a post.",
    "post.media_too_many_new_user": "New users can put at most {maximum} images into a post.",
    "post.replies_too_many_new_user": "New users can write at most {maximum} posts in one topic.",
    "post.consecutive_replies": "Nobody writes more than {maximum} posts in a row here. Please edit your last one.",
    "post.edit_conflict": "Somebody else has edited this post meanwhile.",
    "post.first_undeletable": "The first post of a topic cannot be deleted.",
    "post.revision_not_found": "This post has no such version.",
    "post.revision_number_invalid": "This post has no such version.",
    "post.reverts_nothing": "The post is what it was then.",
    "post.purge_forbidden": "This post cannot be purged.",
    "vote.too_late": "It is too late to take this vote back.",
    "post.action_unknown": "Invalid action",
    "message.recipients_missing": "Please name somebody to write to.",
    "message.recipients_too_many": "At most {maximum} people can be written to.",
    "search.term_too_short": "Please search for at least {minimum} characters.",
    "search.page_invalid": "There are at most {maximum} pages.",
    "key.not_found": "Token does not exist",
    "key.scope_unknown": "Invalid scope: {name}",
    "key.scopes_missing": "Please choose a scope.",
    "key.description_invalid": "A description has at most {maximum} characters.",
    "setting.unknown": "Setting {name} does not exist",
}
_BY_KIND = {
    "malformed": INVALID_DATA,
    "denied": NO_PRIVILEGES,
    "invalid": INVALID_DATA,
    "conflict": INVALID_DATA,
}


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def sentence(error: ForumError) -> str:
    """The failure in one sentence; a general one where NodeBB has no such failure."""
    template = SENTENCES.get(error.code)
    if template is None and error.code.startswith("credential."):
        template = SENTENCES["not_logged_in"]
    if template is None:
        template = _BY_KIND.get(error.kind.value, SENTENCES["not_found"])
    facts = {name: _spelled(name, value) for name, value in error.params.items()}
    return template.format_map(_Facts(facts))


def _spelled(name: str, value: object) -> object:
    """Times as times, several names as a list."""
    if name == "until":
        return iso(value) if isinstance(value, int) and value < _FAR else "further notice"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
