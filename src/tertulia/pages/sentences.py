"""What each failure says to people: what is wrong, and what to do about it. Keys are codes of the error catalogue.

A code without a sentence says what its kind says.
"""

from __future__ import annotations

from tertulia.model.errors import ForumError, Kind
from tertulia.pages.times import day

BY_KIND = {
    Kind.MALFORMED: "Part of the request could not be read. Go back, and try it from the page again.",
    Kind.CREDENTIAL: "Log in with another account, or ask the people who run this forum.",
    Kind.ANONYMOUS: "This is for members. Log in, and then try it again.",
    Kind.DENIED: "Your account does not have the right to do this.",
    Kind.MISSING: "The page does not exist, was removed, or is not for everybody.",
    Kind.INVALID: "Something in what you sent is not accepted.",
    Kind.CONFLICT: "It was changed in the meantime. Load the page again to see how it is now.",
    Kind.LIMITED: "You did this very often in a short time. Wait {seconds} seconds, and try again.",
    Kind.TOO_LARGE: "Send something smaller.",
    Kind.UNAVAILABLE: "Nothing was changed. Try again in a moment.",
    Kind.INTERNAL: "Nothing was changed. Try again in a moment. If it stays broken, tell those who run the forum.",
}

SENTENCES: dict[str, str] = {
    # -- the request
    "request.csrf_failed": "This form was open for too long, or cookies are off, so we cannot tell that it was you "
    "who sent it. Nothing was changed. Go back, load the page again, and send it once more.",
    "request.method_unknown": "This address exists, but not for that kind of request.",
    "request.body_too_large": "At most {maximum} bytes are accepted at once.",
    # -- logging in
    "session.login_failed": "No account has this name and password. Check both; capital letters count in passwords.",
    "session.not_activated": "This account is not activated yet. Follow the link in the mail that we sent.",
    "session.not_approved": "This account still waits for approval. You will get a mail when it is approved.",
    "session.suspended": "This account is suspended until {until}. {reason}",
    "user.silenced": "You cannot write until {until}, because a moderator silenced this account.",
    # -- topics
    "topic.closed": "This topic is closed, so it takes no more replies.",
    "topic.archived": "This topic is archived: it can be read, and nothing in it can change.",
    "topic.deleted": "This topic was deleted.",
    "topic.title_blank": "Give the topic a title.",
    "topic.title_too_short": "Write a title of at least {minimum} characters.",
    "topic.title_too_long": "Shorten the title to {maximum} characters.",
    "topic.title_unclear": "Write a title that says what the topic is about.",
    "topic.title_word_too_long": "A word in the title has more than {maximum} characters. Shorten it.",
    "topic.unlisted_refused": "Only moderators may begin a topic that no list shows.",
    "topic.title_taken": "Another topic has this title already. Reply there, or choose another title.",
    "topic.title_emojis": "Use at most {maximum} emoji in the title.",
    "topic.slow_mode": "This topic is in slow mode. Wait {seconds} seconds before you write again.",
    # -- webhooks
    "webhook.url_invalid": "Write a whole address, beginning with https:// or http://.",
    "webhook.url_refused": "This address is not on the public internet, so nothing is sent there. Whoever runs the "
    "forum can allow it with the setting allowed_internal_hosts.",
    "webhook.secret_too_short": "Use a secret of at least {minimum} characters, or none.",
    "webhook.event_unknown": "There is no event called {name}.",
    "webhook.events_missing": "Choose at least one event, or send all of them.",
    "webhook.field_invalid": "There is no such {name}.",
    # -- messages and groups
    "message.recipients_unknown": "Nobody here, and no group that you may write to, is called: {names}.",
    "message.recipients_refused": "You cannot write to {names}.",
    "message.recipients_missing": "Name at least one person or group.",
    "message.recipients_too_many": "At most {maximum} people and groups can be in a message.",
    "message.recipient_already": "{name} is in this message already.",
    "message.recipient_missing": "{name} is not in this message.",
    "group.requests_closed": "This group takes no requests.",
    "group.requested_already": "You have asked already. Its owners will answer.",
    "group.member_already": "You are a member already.",
    # -- posts
    "post.body_blank": "Write something first.",
    "post.body_too_short": "Write at least {minimum} characters.",
    "post.body_too_long": "Shorten the text to {maximum} characters; it has {length}.",
    "post.body_unclear": "Say it in a few more different words.",
    "post.body_too_similar": "You posted nearly the same text a moment ago.",
    "post.mentions_too_many": "Mention at most {maximum} people.",
    "post.mentions_too_many_new_user": "New members may mention at most {maximum} people in a post.",
    "post.links_too_many_new_user": "New members may put at most {maximum} links in a post.",
    "post.media_too_many_new_user": "New members may put at most {maximum} pictures in a post.",
    "post.attachments_too_many_new_user": "New members may attach at most {maximum} files to a post.",
    "post.replies_too_many_new_user": "New members may reply at most {maximum} times in a topic.",
    "post.consecutive_replies": "You wrote the last {maximum} replies. Wait until somebody else writes.",
    "vote.own_post": "You cannot like your own post.",
    "vote.already": "You liked this post already.",
    "vote.not_found": "You do not like this post, so there is nothing to take back.",
    "vote.too_late": "You liked this too long ago to take it back.",
    # -- passwords
    "user.password_too_short": "Use at least {minimum} characters.",
    "user.password_too_long": "Use at most {maximum} characters.",
    "user.password_common": "Many people use this password, so it is among the first that are tried. Choose another.",
    "user.password_same_as_username": "This is your username. Choose something else.",
    "user.password_same_as_name": "This is your name. Choose something else.",
    "user.password_same_as_email": "This is your e-mail address. Choose something else.",
    "user.password_repetitive": "Use at least {minimum} different characters.",
    # -- links that were mailed
    "email.token_invalid": "This link is no longer valid. Ask for a new one.",
    "email.too_many": "Too many mails were asked for. Try again in {seconds} seconds.",
    # -- categories and tags
    "category.required": "Choose a category.",
    "category.unknown": "Choose a category from the list.",
    "category.not_found": "Choose a category from the list.",
    "category.disabled": "This category takes no new topics.",
    "tag.name_invalid": "“{name}” cannot be a tag. Use letters, digits and dashes.",
    "tag.too_long": "“{name}” is too long for a tag; at most {maximum} characters.",
    "tag.too_many": "Use at most {maximum} tags.",
    "tag.too_few": "Add at least {minimum} tags.",
    # -- search
    "search.term_too_short": "Search for at least {minimum} characters.",
    "search.page_invalid": "There are at most {maximum} pages of results. Narrow the search down.",
    # -- uploads
    "upload.empty": "The file is empty. Choose another one.",
    "upload.too_large": "The file may have at most {kilobytes} kB. Make it smaller, and choose it again.",
    "upload.extension_refused": "Such files cannot be uploaded here. These can: {authorized}.",
    "upload.too_many_pixels": "The picture may have at most {megapixels} million pixels. Make it smaller.",
    "upload.unreadable": "The picture could not be read: it is damaged, or is no picture. Choose another one.",
    "storage_failed": "Files cannot be stored at the moment. Your text was not sent; try again in a while, or "
    "without the file.",
    # -- keys
    "key.scopes_missing": "Choose at least one scope, or a key that may do everything.",
    "key.scope_unknown": "There is no scope called “{name}”.",
    "key.description_invalid": "Shorten the description to {maximum} characters.",
    "user.not_found": "Nobody here has this username.",
}


def sentence(error: ForumError) -> str:
    """The failure in words."""
    template = SENTENCES.get(error.code, BY_KIND[error.kind])
    if error.kind is Kind.MISSING:  # hidden and absent things say the same
        template = SENTENCES[error.code] if error.code == "request.method_unknown" else BY_KIND[Kind.MISSING]
    return said(template, error=error)


def field_sentence(error: ForumError) -> str:
    """The same beside a field, where a name that is not there was typed by the reader."""
    return said(SENTENCES.get(error.code, BY_KIND[error.kind]), error=error)


def said(template: str, *, error: ForumError) -> str:
    facts = _Facts({name: _shown(name, value) for name, value in error.params.items()})
    return template.format_map(facts).strip()


def _shown(name: str, value: object) -> object:
    if name == "until":
        return day(value) if isinstance(value, int) else "further notice"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else value


class _Facts(dict[str, object]):
    """Parameters for a template; absent ones leave nothing behind."""

    def __missing__(self, key: str) -> str:
        return "a few" if key == "seconds" else ""
