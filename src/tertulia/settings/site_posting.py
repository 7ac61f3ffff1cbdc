"""Site settings about writing: titles, bodies, what new users may do, editing and deleting.

A link of the chain that `site_basics.py` begins. Names and defaults are the upstream's.
Read next: `site.py`; `forum/topics` and `forum/posts` apply these.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from tertulia.settings.knob import Knob
from tertulia.settings.site_uploads import UploadSettings


class PostingSettings(UploadSettings, frozen=True, kw_only=True):
    """What a title and a body must be."""

    category: ClassVar[str] = "posting"

    min_topic_title_length: Annotated[int, Knob("Fewest characters of a topic's title.", 1, 255)] = 15
    max_topic_title_length: Annotated[int, Knob("Most characters of a title.", 5, 255)] = 255
    min_personal_message_title_length: Annotated[
        int, Knob("Fewest characters of a personal message's title.", 1, 255)
    ] = 2
    title_min_entropy: Annotated[int, Knob("Fewest different characters in a title.", 0, 255)] = 10
    title_max_word_length: Annotated[int, Knob("Most characters of one word of a title.", 1, 255)] = 30
    max_emojis_in_title: Annotated[int, Knob("Most emoji in a title.", 0, 255)] = 1
    allow_uppercase_posts: Annotated[bool, Knob("Accept titles and bodies all in capitals.")] = False
    allow_duplicate_topic_titles: Annotated[bool, Knob("Accept a title that another topic has already.")] = False
    allow_duplicate_topic_titles_category: Annotated[
        bool, Knob("Accept a title that only topics of other categories have already.")
    ] = False
    min_first_post_length: Annotated[int, Knob("Fewest characters of a topic's first post.", 1, 50_000)] = 20
    min_post_length: Annotated[int, Knob("Fewest characters of a reply.", 1, 50_000)] = 20
    min_personal_message_post_length: Annotated[
        int, Knob("Fewest characters of a post in a personal message.", 1, 50_000)
    ] = 10
    max_post_length: Annotated[int, Knob("Most characters of a post.", 5, 150_000)] = 32_000
    body_min_entropy: Annotated[int, Knob("Fewest different characters in a body.", 0, 255)] = 7
    unique_posts_mins: Annotated[
        int, Knob("Minutes in which a user may not write the same body again; 0: off.", 0, 525_600)
    ] = 5
    allowed_iframes: Annotated[
        tuple[str, ...],
        Knob(
            "Beginnings of the addresses that a post may show in a frame, separated by |; `*` is one part of a path. "
            "Other frames become links."
        ),
    ] = (
        "https://www.google.com/maps/embed?",
        "https://www.openstreetmap.org/export/embed.html?",
        "https://calendar.google.com/calendar/embed?",
        "https://codepen.io/*/embed/preview/",
        "https://www.instagram.com",
        "https://open.spotify.com/",
    )
    enable_oneboxes: Annotated[
        bool, Knob("Ask other sites about the addresses that posts hold, and show title, text and picture from there.")
    ] = True
    max_oneboxes_per_post: Annotated[
        int, Knob("Most addresses of one post that show more than themselves, the forum's own included.", 0, 500)
    ] = 50
    blocked_onebox_domains: Annotated[
        tuple[str, ...], Knob("Domains that are never asked about an address, nor those below them, separated by |.")
    ] = ()
    max_onebox_fetches_per_minute: Annotated[
        int, Knob("Most pages that are asked in a minute, by the whole forum; 0: any number.", 0, 10_000)
    ] = 60
    post_onebox_maxlength: Annotated[int, Knob("Most characters of a post that its onebox shows.", 20, 2_000)] = 500
    max_consecutive_replies: Annotated[int, Knob("Most replies in a row by one user in one topic; 0: no limit.", 0)] = 3
    max_mentions_per_post: Annotated[int, Knob("Most people mentioned in one post.", 0, 1000)] = 10
    max_allowed_message_recipients: Annotated[int, Knob("Most recipients of a personal message.", 1, 10_000)] = 30
    personal_message_enabled_groups: Annotated[
        tuple[str, ...], Knob("Ids of the groups whose members may begin personal messages; staff always may.")
    ] = ("11",)
    max_personal_messages_per_day: Annotated[
        int, Knob("Most personal messages that a user may begin within 24 hours; staff are exempt; 0: any number.", 0)
    ] = 20
    pm_tags_allowed_for_groups: Annotated[
        tuple[str, ...], Knob("Ids of the groups whose members may tag personal messages; empty: nobody.")
    ] = ()


class NewUserSettings(PostingSettings, frozen=True, kw_only=True):
    """What users at trust level 0 may do."""

    category: ClassVar[str] = "spam"

    newuser_max_links: Annotated[int, Knob("Most links in a post by a new user.", 0)] = 2
    newuser_max_embedded_media: Annotated[int, Knob("Most images in a post by a new user.", 0)] = 1
    newuser_max_mentions_per_post: Annotated[int, Knob("Most people mentioned in a post by a new user.", 0, 1000)] = 2
    newuser_max_replies_per_topic: Annotated[
        int, Knob("Most replies of a new user in one topic before somebody answers.", 0)
    ] = 3


class EditingSettings(NewUserSettings, frozen=True, kw_only=True):
    """What may be changed afterwards, by whom, and for how long."""

    category: ClassVar[str] = "editing"

    editing_grace_period: Annotated[
        int, Knob("Seconds after writing in which a small edit makes no new version.", 0, 31_536_000)
    ] = 300
    editing_grace_period_max_diff: Annotated[
        int, Knob("Most characters changed by such an edit, at trust levels 0 and 1.", 0, 150_000)
    ] = 100
    editing_grace_period_max_diff_high_trust: Annotated[
        int, Knob("The same for staff and from trust level 2 up.", 0, 150_000)
    ] = 400
    post_edit_time_limit: Annotated[
        int, Knob("Minutes in which users at trust levels 0 and 1 may edit a post; 0: for ever.", 0)
    ] = 1440
    tl2_post_edit_time_limit: Annotated[int, Knob("The same from trust level 2 up; 0: for ever.", 0)] = 43_200
    trusted_users_can_edit_others: Annotated[bool, Knob("Users at trust level 4 may edit what others wrote.")] = True
    min_trust_to_edit_wiki_post: Annotated[int, Knob("Trust level from which a user may edit wiki posts.", 0, 4)] = 1
    edit_history_visible_to_public: Annotated[bool, Knob("Everybody who sees a post sees its earlier versions.")] = True
    post_undo_action_window_mins: Annotated[
        int, Knob("Minutes in which a vote on a post may be taken back.", 0, 525_600)
    ] = 10
    delete_removed_posts_after: Annotated[
        int, Knob("Hours after which a post that its author withdrew is deleted; 0: at once.", 0, 8760)
    ] = 24
    can_permanently_delete: Annotated[bool, Knob("Admins may remove deleted posts and topics for good.")] = False
