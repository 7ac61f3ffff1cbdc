"""What each failure says to Discourse's clients. Clients show these sentences and some parse them.

Each is a template over the failure's parameters. Where a text is known from the upstream's wire it is that text.
"""

from __future__ import annotations

from tertulia.model.errors import ForumError

INVALID_ACCESS = "You are not permitted to view the requested resource."
BAD_CREDENTIALS = f"{INVALID_ACCESS} The API username or key is invalid."
NOT_FOUND = "The requested URL or resource could not be found."
UNCLEAR = "seems unclear, is it a complete sentence?"

SENTENCES: dict[str, str] = {
    # -- the request
    "not_found": NOT_FOUND,
    "request.method_unknown": NOT_FOUND,
    "request.body_broken": "The request body could not be read: {problem}",
    "request.body_too_large": "The request body is larger than {maximum} bytes.",
    "request.too_many_parameters": "The request holds more than {maximum} parameters.",
    "request.parameter_missing": "param is missing or the value is empty: {name}",
    "request.parameter_invalid": "You supplied invalid parameters to the request: {name}",
    "request.csrf_failed": "BAD CSRF",
    "internal": "Oops! The software powering this discussion forum encountered an unexpected problem.",
    "busy": "The site is busy. Please try again in {seconds} seconds.",
    "rate_limited": "You\u2019ve performed this action too many times. "
    "Please wait {seconds} seconds before trying again.",
    # -- credentials
    "credential.user_inactive": INVALID_ACCESS,
    "credential.user_suspended": INVALID_ACCESS,
    "session.login_failed": "Incorrect username, email or password",
    "session.not_activated": "You can't log in yet. We sent an activation email to you; please follow its "
    "instructions to activate your account.",
    "session.not_approved": "Your account hasn't been approved yet. You will be notified by email when you are "
    "ready to log in.",
    "session.suspended": "This account is suspended until {until}: {reason}",
    "not_logged_in": "You need to be logged in to do that.",
    "staff_only": NOT_FOUND,
    "not_allowed": INVALID_ACCESS,
    # -- users
    "user.username_taken": "Username must be unique",
    "user.username_too_short": "Username must be at least {minimum} characters",
    "user.username_too_long": "Username must be no more than {maximum} characters",
    "user.username_characters": "Username must only include numbers, letters, dashes, dots, and underscores",
    "user.username_start": "Username must begin with a letter, a number or an underscore",
    "user.username_end": "Username must end with a letter, a number or an underscore",
    "user.username_repeats": "Username must not contain a sequence of 2 or more special chars (.-_)",
    "user.username_suffix": "Username must not end with a confusing suffix like .json or .png etc.",
    "user.username_reserved": "Username is not allowed",
    "user.email_invalid": "Email is invalid.",
    "user.email_taken": "Email has already been taken",
    "user.external_id_taken": "External id has already been taken",
    "user.email_blocked": "Email is not allowed from that email provider. Please use another email address.",
    "user.password_too_short": "Password is too short (minimum is {minimum} characters)",
    "user.password_too_long": "Password is too long (maximum is {maximum} characters)",
    "user.password_common": "Password is one of the 10000 most common passwords. Please use a more secure password.",
    "user.password_same_as_username": "Password is the same as your username. Please use a more secure password.",
    "user.password_same_as_name": "Password is the same as your name.",
    "user.password_same_as_email": "Password is the same as your email. Please use a more secure password.",
    "user.password_repetitive": "Password has too many repeated characters. Please use a more secure password.",
    "user.password_wrong": "The current password is not right.",
    "user.field_too_long": "{name} is too long (maximum is {maximum} characters)",
    "user.has_posts": "This user has {posts} posts; delete them first, or ask for that with delete_posts.",
    "user.suspended_already": "User was already suspended by {by}.",
    "user.silenced_already": "User was already silenced by {by}.",
    "user.is_protected": INVALID_ACCESS,
    "user.trust_level_invalid": "Trust level must be from 0 to 4.",
    "user.follow_self": "You can't follow yourself.",
    "user.follow_already": "You follow this user already.",
    "user.follow_missing": "You don't follow this user.",
    "user.silenced": INVALID_ACCESS,
    # -- links that were mailed
    "email.token_invalid": "Sorry, this link is no longer valid. Ask for a new one.",
    "email.too_many": "You\u2019ve performed this action too many times. "
    "Please wait {seconds} seconds before trying again.",
    # -- groups
    "group.name_taken": "Name has already been taken",
    "group.name_invalid": "Name must only include numbers, letters, dashes, dots and underscores",
    "group.built_in": "You can't do that to an automatic group.",
    "group.member_already": "'{usernames}' is already a member of this group.",
    "group.member_missing": "'{usernames}' is not a member of this group.",
    "group.closed": INVALID_ACCESS,
    "group.requested_already": "You have already asked to join this group.",
    # -- categories and tags
    "category.unknown": "Category can't be found",
    "category.name_blank": "Name can't be blank",
    "category.name_taken": "Category Name has already been taken",
    "category.name_too_long": "Name is too long (maximum is {maximum} characters)",
    "category.slug_taken": "Slug is already in use",
    "category.slug_invalid": "Slug is invalid",
    "category.colour_invalid": "Color is invalid",
    "category.not_empty": "Can't delete this category because it has {topics} topics.",
    "category.special": "You can't delete this category.",
    "category.has_children": "Can't delete this category because it has sub-categories.",
    "category.parent_invalid": "Parent category is invalid",
    "category.too_deep": "Categories can be nested to a depth of at most {maximum}.",
    "category.disabled": INVALID_ACCESS,
    "category.required": "Category can't be blank",
    "category.privilege_unknown": "There is no privilege called {name}.",
    "tag.name_invalid": "Tag name {name} is invalid",
    "tag.too_long": "Tag {name} is too long (maximum is {maximum} characters)",
    "tag.exists": "Tag {name} exists already",
    "tag.too_many": "You can use at most {maximum} tags.",
    "tag.too_few": "You must choose at least {minimum} tags.",
    "level.invalid": "You supplied invalid parameters to the request: {name}",
    # -- topics
    "topic.closed": INVALID_ACCESS,
    "topic.archived": INVALID_ACCESS,
    "topic.deleted": INVALID_ACCESS,
    "topic.deleted_already": "This topic was deleted already.",
    "topic.not_deleted": "This topic is not deleted.",
    "topic.undeletable": "You can't delete this topic.",
    "topic.title_blank": "Title can't be blank",
    "topic.title_too_short": "Title is too short (minimum is {minimum} characters)",
    "topic.title_too_long": "Title is too long (maximum is {maximum} characters)",
    "topic.title_unclear": f"Title {UNCLEAR}",
    "topic.title_word_too_long": "Title has a word that is longer than {maximum} characters",
    "topic.title_taken": "Title has already been used",
    "topic.unlisted_refused": "You cannot create an unlisted topic.",
    "topic.title_emojis": "Title can't have more than {maximum} emoji",
    "topic.external_id_invalid": "External id must be letters, digits, dashes and underscores, at most 50 of them",
    "topic.external_id_taken": "External id has already been taken",
    "topic.status_unknown": "You supplied invalid parameters to the request: {name}",
    "topic.edit_conflict": "That topic was edited by another user and your changes can no longer be saved.",
    "topic.slow_mode": "This topic is in slow mode. Please wait {seconds} seconds before you post again.",
    # -- posts
    "post.body_blank": "Body can't be blank",
    "post.body_too_short": "Body is too short (minimum is {minimum} characters)",
    "post.body_too_long": "Body is limited to {maximum} characters; you entered {length}.",
    "post.body_unclear": f"Body {UNCLEAR}",
    "post.body_too_similar": "Body is too similar to what you recently posted",
    "post.mentions_too_many": "Sorry, you can only mention {maximum} users in a post.",
    "post.mentions_too_many_new_user": "Sorry, new users can only mention {maximum} users in a post.",
    "post.links_too_many_new_user": "Sorry, new users can only put {maximum} links in a post.",
    "post.media_too_many_new_user": "Sorry, new users can only put {maximum} embedded media items in a post.",
    "post.attachments_too_many_new_user": "Sorry, new users can only put {maximum} attachments in a post.",
    "post.replies_too_many_new_user": "New users may reply at most {maximum} times to the same topic. Please edit an "
    "existing reply instead.",
    "post.consecutive_replies": "No more than {maximum} consecutive replies are allowed. Please edit your previous "
    "reply, or wait for someone to reply to you.",
    "post.edit_conflict": "That post was edited by another user and your changes can no longer be saved.",
    "post.edit_too_late": "That post was created too long ago. It can no longer be edited or deleted.",
    "post.deleted_already": "This post was deleted already.",
    "post.not_deleted": "This post is not deleted.",
    "post.first_undeletable": INVALID_ACCESS,
    "post.revision_number_invalid": "You supplied invalid parameters to the request: revision",
    "post.reverts_nothing": "There is nothing to revert.",
    "post.purge_forbidden": "You can't permanently delete this.",
    "vote.own_post": INVALID_ACCESS,
    "vote.already": INVALID_ACCESS,
    "vote.too_late": INVALID_ACCESS,
    "post.action_unknown": "You supplied invalid parameters to the request: post_action_type_id",
    "bookmark.already": "You cannot bookmark the same thing twice.",
    # -- messages and search
    "message.recipients_unknown": "These people or groups could not be found: {names}",
    "message.recipients_missing": "You must select a valid user.",
    "message.recipients_too_many": "You can send a message to at most {maximum} people.",
    "message.recipients_refused": "Sorry, you cannot send a personal message to: {names}",
    "message.recipient_already": "{name} is in this conversation already.",
    "message.recipient_missing": "{name} is not in this conversation.",
    "message.not_a_message": "People and groups can be invited to personal messages only.",
    "message.conversion_refused": "More than {maximum} people wrote in this topic, so it cannot become a message.",
    "search.term_too_short": "Your search term is too short (minimum is {minimum} characters).",
    "search.page_invalid": "You supplied invalid parameters to the request: page",
    # -- uploads
    "upload.empty": "Sorry, the file is empty.",
    "upload.too_large": "Sorry, the file you are trying to upload is too big (maximum size is {kilobytes} KB).",
    "upload.extension_refused": "Sorry, the file you are trying to upload is not authorized (authorized extensions: "
    "{authorized}).",
    "upload.too_many_pixels": "Sorry, the image you are trying to upload is too large (maximum dimension is "
    "{megapixels} megapixels), please resize it and try again.",
    "upload.unreadable": "Sorry, that image could not be read. The file may be damaged or not be an image at all.",
    "upload.fetch_failed": "Sorry, the file could not be downloaded from that address.",
    "upload.avatar_missing": "Sorry, the avatar you have selected is not present on the server. Can you try uploading "
    "it again?",
    "upload.range_invalid": "The file has only {length} bytes.",
    "storage_failed": "Sorry, files cannot be stored at the moment. Please try again later.",
    # -- keys, settings
    "key.scope_unknown": "You supplied invalid parameters to the request: {name}",
    "key.scopes_missing": "Scopes can't be blank for a granular key",
    "key.description_invalid": "Description is too long (maximum is {maximum} characters)",
    "setting.unknown": "There is no setting called {name}.",
    "setting.invalid": "{name}: {allowed}",
    # -- webhooks
    "webhook.url_invalid": "Payload URL is invalid",
    "webhook.url_refused": "Payload URL leads to an internal address, where nothing may be sent. Whoever runs the "
    "forum can allow it in the setting allowed_internal_hosts.",
    "webhook.secret_too_short": "Secret is too short (minimum is {minimum} characters)",
    "webhook.event_unknown": "Web hook event types: there is no {name}",
    "webhook.events_missing": "Web hook event types can't be blank",
    "webhook.field_invalid": "{name} is invalid",
}


def sentence(error: ForumError) -> str:
    """The failure in one sentence. Hidden and absent things say the same."""
    template = SENTENCES.get(error.code)
    if template is None:
        if error.code.startswith("credential."):
            return BAD_CREDENTIALS
        return NOT_FOUND
    text, seconds = template.format_map(_Facts(error.params)), error.params.get("seconds")
    return text.replace(f"{seconds} seconds", time_left(seconds)) if isinstance(seconds, int) else text


def time_left(seconds: int) -> str:
    """A wait in the largest unit of seconds, minutes and hours that it fills, rounded up."""
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return _counted(-(-seconds // length), unit)
    return _counted(seconds, "second")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


class _Facts(dict[str, object]):
    """Parameters for a template; lists are joined, absent ones leave nothing behind."""

    def __missing__(self, key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
