"""Every way to fail: code, kind, and the parameters its sentence needs.

One row per failure. The core raises these; each dialect owns the status, body and words it answers with.
Read next: `dialects/*/errors.py` for the answers, `docs/reference/errors.md` for the documented lines.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What a failure means to the caller; dialects choose a status by it."""

    MALFORMED = "malformed"  # the request itself cannot be understood
    CREDENTIAL = "credential"  # the credential shown is wrong, revoked or incomplete
    ANONYMOUS = "anonymous"  # a user is needed and there is none
    DENIED = "denied"  # the thing may be seen, the act may not be done
    MISSING = "missing"  # not there, or not there for this actor
    INVALID = "invalid"  # understood, allowed, and refused by a rule about content
    CONFLICT = "conflict"  # the state of the thing does not permit it now
    LIMITED = "limited"  # too often
    TOO_LARGE = "too_large"  # more bytes or parts than are accepted
    UNAVAILABLE = "unavailable"  # the forum cannot do it at this moment
    INTERNAL = "internal"  # our own fault


class ForumError(Exception):
    """A failure with a stable code. `params` are facts (numbers, names), never sentences."""

    code: ClassVar[str] = "internal"
    kind: ClassVar[Kind] = Kind.INTERNAL
    names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **params: object) -> None:
        unknown = set(params) - set(self.names)
        if unknown:
            raise TypeError(f"{self.code} takes {self.names}, not {sorted(unknown)}")
        super().__init__(self.code)
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Refusals(ForumError):
    """Several rules broken at once, in the order in which they were checked (never empty)."""

    code = "refusals"
    kind = Kind.INVALID

    def __init__(self, errors: tuple[ForumError, ...]) -> None:
        super().__init__()
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(str(error) for error in self.errors)


CATALOGUE: dict[str, type[ForumError]] = {}


def _row(code: str, kind: Kind, *names: str) -> type[ForumError]:
    row = type(code, (ForumError,), {"code": code, "kind": kind, "names": names})
    CATALOGUE[code] = row
    return row


# -- the request ------------------------------------------------------------------------------------
NotFound = _row("not_found", Kind.MISSING)
MethodUnknown = _row("request.method_unknown", Kind.MISSING, "method")
BodyBroken = _row("request.body_broken", Kind.MALFORMED, "problem")
BodyTooLarge = _row("request.body_too_large", Kind.TOO_LARGE, "maximum")
TooManyParameters = _row("request.too_many_parameters", Kind.MALFORMED, "maximum")
ParameterMissing = _row("request.parameter_missing", Kind.MALFORMED, "name", "others")
ParameterInvalid = _row("request.parameter_invalid", Kind.MALFORMED, "name", "problem")
CsrfFailed = _row("request.csrf_failed", Kind.DENIED)
Internal = _row("internal", Kind.INTERNAL)
Busy = _row("busy", Kind.UNAVAILABLE, "seconds")
RateLimited = _row("rate_limited", Kind.LIMITED, "seconds", "limit")

# -- credentials ------------------------------------------------------------------------------------
KeyUnknown = _row("credential.key_unknown", Kind.CREDENTIAL)
KeyRevoked = _row("credential.key_revoked", Kind.CREDENTIAL)
KeyExpired = _row("credential.key_expired", Kind.CREDENTIAL)
KeyAddressRefused = _row("credential.address_refused", Kind.CREDENTIAL)
ScopeMissing = _row("credential.scope_missing", Kind.CREDENTIAL, "scope")
ApiUsernameMissing = _row("credential.api_username_missing", Kind.CREDENTIAL)
ApiUsernameUnknown = _row("credential.api_username_unknown", Kind.CREDENTIAL)
ApiUsernameMismatch = _row("credential.api_username_mismatch", Kind.CREDENTIAL)
ActingUserMissing = _row("credential.acting_user_missing", Kind.MALFORMED)
ActingUserUnknown = _row("credential.acting_user_unknown", Kind.CREDENTIAL)
TokenInvalid = _row("credential.token_invalid", Kind.CREDENTIAL)
UserInactive = _row("credential.user_inactive", Kind.CREDENTIAL)
UserSuspended = _row("credential.user_suspended", Kind.CREDENTIAL, "until")
KindRefused = _row("credential.kind_refused", Kind.CREDENTIAL)
LoginFailed = _row("session.login_failed", Kind.INVALID)
LoginInactive = _row("session.not_activated", Kind.INVALID, "email")
LoginUnapproved = _row("session.not_approved", Kind.INVALID)
LoginSuspended = _row("session.suspended", Kind.INVALID, "until", "reason")
LoginRequired = _row("not_logged_in", Kind.ANONYMOUS)
StaffOnly = _row("staff_only", Kind.MISSING)
NotAllowed = _row("not_allowed", Kind.DENIED)

# -- users ------------------------------------------------------------------------------------------
UserMissing = _row("user.not_found", Kind.MISSING)
UsernameTaken = _row("user.username_taken", Kind.INVALID)
UsernameTooShort = _row("user.username_too_short", Kind.INVALID, "minimum")
UsernameTooLong = _row("user.username_too_long", Kind.INVALID, "maximum")
UsernameCharacters = _row("user.username_characters", Kind.INVALID)
UsernameStart = _row("user.username_start", Kind.INVALID)
UsernameEnd = _row("user.username_end", Kind.INVALID)
UsernameRepeats = _row("user.username_repeats", Kind.INVALID)
UsernameSuffix = _row("user.username_suffix", Kind.INVALID)
UsernameReserved = _row("user.username_reserved", Kind.INVALID)
EmailInvalid = _row("user.email_invalid", Kind.INVALID)
EmailTaken = _row("user.email_taken", Kind.INVALID)
EmailBlocked = _row("user.email_blocked", Kind.INVALID)
UserExternalIdTaken = _row("user.external_id_taken", Kind.INVALID)
PasswordTooShort = _row("user.password_too_short", Kind.INVALID, "minimum")
PasswordTooLong = _row("user.password_too_long", Kind.INVALID, "maximum")
PasswordCommon = _row("user.password_common", Kind.INVALID)
PasswordSameAsUsername = _row("user.password_same_as_username", Kind.INVALID)
PasswordSameAsName = _row("user.password_same_as_name", Kind.INVALID)
PasswordSameAsEmail = _row("user.password_same_as_email", Kind.INVALID)
PasswordRepetitive = _row("user.password_repetitive", Kind.INVALID, "minimum")
PasswordWrong = _row("user.password_wrong", Kind.INVALID)
UserFieldTooLong = _row("user.field_too_long", Kind.INVALID, "name", "maximum")
UserHasPosts = _row("user.has_posts", Kind.DENIED, "posts")
UserSuspendedAlready = _row("user.suspended_already", Kind.CONFLICT, "by", "at")
UserSilencedAlready = _row("user.silenced_already", Kind.CONFLICT, "by", "at")
UserIsProtected = _row("user.is_protected", Kind.DENIED)
TrustLevelInvalid = _row("user.trust_level_invalid", Kind.INVALID)
FollowSelf = _row("user.follow_self", Kind.INVALID)
FollowAlready = _row("user.follow_already", Kind.INVALID)
FollowMissing = _row("user.follow_missing", Kind.INVALID)
Silenced = _row("user.silenced", Kind.DENIED, "until")

# -- links that were mailed -------------------------------------------------------------------------
EmailTokenInvalid = _row("email.token_invalid", Kind.INVALID)
MailsTooMany = _row("email.too_many", Kind.INVALID, "seconds")

# -- groups -----------------------------------------------------------------------------------------
GroupMissing = _row("group.not_found", Kind.MISSING)
GroupNameTaken = _row("group.name_taken", Kind.INVALID)
GroupNameInvalid = _row("group.name_invalid", Kind.INVALID)
GroupBuiltIn = _row("group.built_in", Kind.DENIED)
GroupMemberAlready = _row("group.member_already", Kind.INVALID, "usernames")
GroupMemberMissing = _row("group.member_missing", Kind.INVALID, "usernames")
GroupClosed = _row("group.closed", Kind.DENIED)
GroupRequestsClosed = _row("group.requests_closed", Kind.MALFORMED)
GroupRequestedAlready = _row("group.requested_already", Kind.CONFLICT)

# -- categories and tags ----------------------------------------------------------------------------
CategoryMissing = _row("category.not_found", Kind.MISSING)
CategoryUnknown = _row("category.unknown", Kind.INVALID)
CategoryNameBlank = _row("category.name_blank", Kind.INVALID)
CategoryNameTaken = _row("category.name_taken", Kind.INVALID)
CategoryNameTooLong = _row("category.name_too_long", Kind.INVALID, "maximum")
CategorySlugTaken = _row("category.slug_taken", Kind.INVALID)
CategorySlugInvalid = _row("category.slug_invalid", Kind.INVALID)
CategoryColourInvalid = _row("category.colour_invalid", Kind.INVALID)
CategoryNotEmpty = _row("category.not_empty", Kind.DENIED, "topics")
CategorySpecial = _row("category.special", Kind.DENIED)
CategoryHasChildren = _row("category.has_children", Kind.DENIED)
CategoryParentInvalid = _row("category.parent_invalid", Kind.INVALID)
CategoryTooDeep = _row("category.too_deep", Kind.INVALID, "maximum")
CategoryDisabled = _row("category.disabled", Kind.DENIED)
CategoryRequired = _row("category.required", Kind.INVALID)
PrivilegeUnknown = _row("category.privilege_unknown", Kind.INVALID, "name")
TagMissing = _row("tag.not_found", Kind.MISSING)
TagNameInvalid = _row("tag.name_invalid", Kind.INVALID, "name")
TagTooLong = _row("tag.too_long", Kind.INVALID, "name", "maximum")
TagExists = _row("tag.exists", Kind.INVALID, "name")
TagsTooMany = _row("tag.too_many", Kind.INVALID, "maximum")
TagsTooFew = _row("tag.too_few", Kind.INVALID, "minimum")
LevelInvalid = _row("level.invalid", Kind.MALFORMED, "name")

# -- topics -----------------------------------------------------------------------------------------
TopicMissing = _row("topic.not_found", Kind.MISSING)
TopicClosed = _row("topic.closed", Kind.DENIED)
TopicArchived = _row("topic.archived", Kind.DENIED)
TopicDeleted = _row("topic.deleted", Kind.DENIED)
TopicDeletedAlready = _row("topic.deleted_already", Kind.CONFLICT)
TopicNotDeleted = _row("topic.not_deleted", Kind.CONFLICT)
TopicUndeletable = _row("topic.undeletable", Kind.INVALID)
TitleBlank = _row("topic.title_blank", Kind.INVALID)
TitleTooShort = _row("topic.title_too_short", Kind.INVALID, "minimum")
TitleTooLong = _row("topic.title_too_long", Kind.INVALID, "maximum")
TitleUnclear = _row("topic.title_unclear", Kind.INVALID)
TitleWordTooLong = _row("topic.title_word_too_long", Kind.INVALID, "maximum")
TitleTaken = _row("topic.title_taken", Kind.INVALID)
UnlistedRefused = _row("topic.unlisted_refused", Kind.INVALID)
TitleEmojis = _row("topic.title_emojis", Kind.INVALID, "maximum")
ExternalIdInvalid = _row("topic.external_id_invalid", Kind.INVALID)
ExternalIdTaken = _row("topic.external_id_taken", Kind.INVALID)
StatusUnknown = _row("topic.status_unknown", Kind.MALFORMED, "name")
TopicEditConflict = _row("topic.edit_conflict", Kind.CONFLICT)
SlowMode = _row("topic.slow_mode", Kind.INVALID, "seconds")

# -- posts ------------------------------------------------------------------------------------------
PostMissing = _row("post.not_found", Kind.MISSING)
BodyBlank = _row("post.body_blank", Kind.INVALID)
BodyTooShort = _row("post.body_too_short", Kind.INVALID, "minimum")
BodyTooLong = _row("post.body_too_long", Kind.INVALID, "maximum", "length")
BodyUnclear = _row("post.body_unclear", Kind.INVALID)
BodyTooSimilar = _row("post.body_too_similar", Kind.INVALID)
MentionsTooMany = _row("post.mentions_too_many", Kind.INVALID, "maximum")
MentionsTooManyNewUser = _row("post.mentions_too_many_new_user", Kind.INVALID, "maximum")
LinksTooManyNewUser = _row("post.links_too_many_new_user", Kind.INVALID, "maximum")
MediaTooManyNewUser = _row("post.media_too_many_new_user", Kind.INVALID, "maximum")
AttachmentsTooManyNewUser = _row("post.attachments_too_many_new_user", Kind.INVALID, "maximum")
RepliesTooManyNewUser = _row("post.replies_too_many_new_user", Kind.INVALID, "maximum")
ConsecutiveReplies = _row("post.consecutive_replies", Kind.INVALID, "maximum")
PostEditConflict = _row("post.edit_conflict", Kind.CONFLICT)
PostEditTooLate = _row("post.edit_too_late", Kind.INVALID)
PostDeletedAlready = _row("post.deleted_already", Kind.CONFLICT)
PostNotDeleted = _row("post.not_deleted", Kind.CONFLICT)
PostFirstUndeletable = _row("post.first_undeletable", Kind.DENIED)
RevisionMissing = _row("post.revision_not_found", Kind.MISSING)
RevisionNumberInvalid = _row("post.revision_number_invalid", Kind.MALFORMED)
RevertsNothing = _row("post.reverts_nothing", Kind.INVALID)
PurgeForbidden = _row("post.purge_forbidden", Kind.DENIED)
VoteOwnPost = _row("vote.own_post", Kind.DENIED)
VoteAlready = _row("vote.already", Kind.DENIED)
VoteMissing = _row("vote.not_found", Kind.MISSING)
VoteTooLate = _row("vote.too_late", Kind.DENIED)
ActionUnknown = _row("post.action_unknown", Kind.MALFORMED)
BookmarkMissing = _row("bookmark.not_found", Kind.MISSING)
NotificationMissing = _row("notification.not_found", Kind.MISSING)
BookmarkAlready = _row("bookmark.already", Kind.INVALID)

# -- messages and search ----------------------------------------------------------------------------
RecipientsUnknown = _row("message.recipients_unknown", Kind.INVALID, "names")
RecipientsMissing = _row("message.recipients_missing", Kind.INVALID)
RecipientsTooMany = _row("message.recipients_too_many", Kind.INVALID, "maximum")
RecipientsRefused = _row("message.recipients_refused", Kind.INVALID, "names")
RecipientAlready = _row("message.recipient_already", Kind.INVALID, "name")
RecipientMissing = _row("message.recipient_missing", Kind.INVALID, "name")
NotAMessage = _row("message.not_a_message", Kind.INVALID)
ConversionRefused = _row("message.conversion_refused", Kind.INVALID, "maximum")
SearchTermTooShort = _row("search.term_too_short", Kind.MALFORMED, "minimum")
SearchPageInvalid = _row("search.page_invalid", Kind.MALFORMED, "maximum")

# -- uploads ----------------------------------------------------------------------------------------
UploadMissing = _row("upload.not_found", Kind.MISSING)
UploadEmpty = _row("upload.empty", Kind.INVALID)
UploadTooLarge = _row("upload.too_large", Kind.INVALID, "kilobytes")
UploadExtensionRefused = _row("upload.extension_refused", Kind.INVALID, "extension", "authorized")
UploadTooManyPixels = _row("upload.too_many_pixels", Kind.INVALID, "megapixels")
UploadUnreadable = _row("upload.unreadable", Kind.INVALID)
UploadFetchFailed = _row("upload.fetch_failed", Kind.INVALID)
AvatarUploadMissing = _row("upload.avatar_missing", Kind.INVALID)
RangeInvalid = _row("upload.range_invalid", Kind.INVALID, "length")
StorageFailed = _row("storage_failed", Kind.UNAVAILABLE)

# -- keys, settings ---------------------------------------------------------------------------------
KeyMissing = _row("key.not_found", Kind.MISSING)
KeyScopeUnknown = _row("key.scope_unknown", Kind.MALFORMED, "name")
KeyScopesMissing = _row("key.scopes_missing", Kind.INVALID)
KeyDescriptionInvalid = _row("key.description_invalid", Kind.INVALID, "maximum")
SettingUnknown = _row("setting.unknown", Kind.MISSING, "name")
SettingInvalid = _row("setting.invalid", Kind.INVALID, "name", "allowed")

# -- webhooks ---------------------------------------------------------------------------------------
HookMissing = _row("webhook.not_found", Kind.MISSING)
DeliveryMissing = _row("webhook.delivery_not_found", Kind.MISSING)
HookUrlInvalid = _row("webhook.url_invalid", Kind.INVALID)
HookUrlRefused = _row("webhook.url_refused", Kind.INVALID)
HookSecretTooShort = _row("webhook.secret_too_short", Kind.INVALID, "minimum")
HookKindUnknown = _row("webhook.event_unknown", Kind.INVALID, "name")
HookKindsMissing = _row("webhook.events_missing", Kind.INVALID)
HookFieldInvalid = _row("webhook.field_invalid", Kind.INVALID, "name")
