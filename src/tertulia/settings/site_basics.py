"""Site settings about the forum itself: its name, its categories and tags, its search, its API.

A msgspec struct has one base only, so the groups form a chain, one class per group of the admin's list;
`site.py` holds its last link. Names and defaults are the upstream's wherever it has the setting.
Read next: `site_people.py`, the next link.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from tertulia.settings.knob import Form, Knob


class RequiredSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every forum should fill in."""

    category: ClassVar[str] = "required"

    title: Annotated[str, Knob("Name of the forum, in page titles and answers.", 1, 255)] = "Tertulia"
    site_description: Annotated[str, Knob("What this forum is about, in one sentence.", most=1000)] = ""
    contact_email: Annotated[
        str, Knob("Address of whoever answers for the forum; shown on the about page.", form=Form.EMAIL)
    ] = ""
    notification_email: Annotated[
        str, Knob("Address that mails come from; empty: noreply at the host of base_url.", form=Form.EMAIL)
    ] = ""
    contact_url: Annotated[str, Knob("Page through which whoever answers for the forum is reached.", form=Form.URL)] = (
        ""
    )


class BasicSettings(RequiredSettings, frozen=True, kw_only=True):
    """How lists and topic pages behave."""

    category: ClassVar[str] = "basic"

    suggested_topics: Annotated[int, Knob("Topics suggested below a topic; 0: none.", 0, 100)] = 5
    topic_view_duration_hours: Annotated[
        int, Knob("Hours in which several visits by one reader count as one view of a topic.", 1, 8760)
    ] = 8


class CategorySettings(BasicSettings, frozen=True, kw_only=True):
    """Categories and topics without one."""

    category: ClassVar[str] = "categories"

    allow_uncategorized_topics: Annotated[bool, Knob("Accept topics that name no category.")] = False
    default_composer_category: Annotated[
        int, Knob("Id of the category for topics that name none; 0: there is no such category.", 0)
    ] = 0
    max_category_nesting: Annotated[int, Knob("Levels of categories, the top one included.", 2, 3)] = 2


class TagSettings(CategorySettings, frozen=True, kw_only=True):
    """Tags on topics."""

    category: ClassVar[str] = "tags"

    tagging_enabled: Annotated[bool, Knob("Topics may carry tags.")] = True
    max_tags_per_topic: Annotated[int, Knob("Most tags on one topic.", 0, 100)] = 5
    max_tag_length: Annotated[int, Knob("Most characters of a tag.", 1, 100)] = 20
    force_lowercase_tags: Annotated[bool, Knob("Write new tags in lower case.")] = True
    min_trust_to_create_tag: Annotated[
        int, Knob("Trust level from which a user may use a tag that does not exist yet.", 0, 4)
    ] = 3
    min_trust_level_to_tag_topics: Annotated[
        int, Knob("Trust level from which a user may put existing tags on topics.", 0, 4)
    ] = 0


class SearchSettings(TagSettings, frozen=True, kw_only=True):
    """Full-text search."""

    category: ClassVar[str] = "search"

    min_search_term_length: Annotated[int, Knob("Fewest characters of a search.", 1, 100)] = 3
    search_page_size: Annotated[int, Knob("Hits on one page of search results.", 1, 100)] = 50
    log_search_queries: Annotated[
        bool, Knob("Count what is searched for, by term and day and without who searched, for reports.")
    ] = True


class ApiSettings(SearchSettings, frozen=True, kw_only=True):
    """Keys and tokens of programs."""

    category: ClassVar[str] = "api"

    revoke_api_keys_unused_days: Annotated[
        int, Knob("Days without use after which an API key is revoked; 0: never.", 0, 36_500)
    ] = 180
    revoke_api_keys_maxlife_days: Annotated[
        int, Knob("Days after which an API key is revoked however much it is used; 0: never.", 0, 36_500)
    ] = 0
    expire_user_api_keys_days: Annotated[
        int, Knob("Days without use after which a user API key is revoked; 0: never.", 0, 36_500)
    ] = 180
    allow_user_api_keys_on_admin: Annotated[
        bool, Knob("User API keys of staff open addresses under /admin too, as far as their scopes reach.")
    ] = False
    jwt_secret: Annotated[
        str,
        Knob("Shared secret with which signed JSON Web Tokens are accepted; empty: none are.", secret=True),
    ] = ""
    jwt_payload_key: Annotated[str, Knob("Name of the query or body field that carries a JSON Web Token.", 1, 100)] = (
        "token"
    )
    jwt_ignore_expiry: Annotated[bool, Knob("Accept JSON Web Tokens that have expired.")] = False
    retry_web_hook_events: Annotated[
        bool, Knob("Send a webhook again after 1, 5, 25 and 125 minutes while its receiver does not take it.")
    ] = True
    web_hook_timeout_seconds: Annotated[
        int, Knob("Seconds in which the receiver of a webhook must have answered.", 1, 60)
    ] = 20
    retain_web_hook_events_period_days: Annotated[
        int, Knob("Days for which deliveries of webhooks are kept.", 1, 36_500)
    ] = 30
