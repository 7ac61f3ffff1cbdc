"""Rules about a topic that is to be written or renamed: its title, the id that others know it by, its link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tertulia.forum.topic_rules.titles import TitleRules, check_title, title_key
from tertulia.forum.unit import Unit
from tertulia.model import errors
from tertulia.model.errors import ForumError
from tertulia.settings import SiteSettings
from tertulia.store.writing import topics as store

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
_MAXIMUM_LINK = 500


def title_rules(site: SiteSettings) -> TitleRules:
    """The site's settings as the rules ask for them."""
    return TitleRules(
        minimum=site.min_topic_title_length,
        maximum=site.max_topic_title_length,
        private_minimum=site.min_personal_message_title_length,
        minimum_entropy=site.title_min_entropy,
        maximum_word=site.title_max_word_length,
        maximum_emojis=site.max_emojis_in_title,
        allow_uppercase=site.allow_uppercase_posts,
    )


def check_title_text(unit: Unit, title: str, *, is_private: bool, lenient: bool) -> list[ForumError]:
    """What is wrong with a cleaned title itself. `lenient` asks only that there is one."""
    if lenient:
        return [] if title else [errors.TitleBlank()]
    rules = title_rules(unit.site)
    return list(check_title(title, rules=rules, is_admin=unit.actor.is_admin, is_private=is_private))


async def check_title_free(unit: Unit, title: str, *, category_id: int | None, except_id: int = 0) -> list[ForumError]:
    """Whether another listed ordinary topic has the title, where the site does not accept that.

    Decides for everybody only after `unit.write()`: there it also holds off whoever wants the same title."""
    if unit.site.allow_duplicate_topic_titles:
        return []
    key = title_key(title)
    if unit.writes:
        await store.lock_title(unit.tx, key)
    within = category_id if unit.site.allow_duplicate_topic_titles_category else None
    taken = await store.is_title_taken(unit.tx, key, category_id=within, except_id=except_id)
    return [errors.TitleTaken()] if taken else []


async def check_external_id(unit: Unit, external_id: str | None) -> list[ForumError]:
    """Letters, digits, `_` and `-`, at most 50, and no other topic's (without case). Source: upstream."""
    if external_id is None:
        return []
    if not _EXTERNAL_ID.fullmatch(external_id):
        return [errors.ExternalIdInvalid()]
    taken = await store.is_external_id_taken(unit.tx, external_id)
    return [errors.ExternalIdTaken()] if taken else []


def checked_link(link: str | None) -> str | None:
    """The link a topic is about, or None for an empty one. Raises ParameterInvalid unless it is an http address."""
    text = (link or "").strip()
    if not text:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or len(text) > _MAXIMUM_LINK or not text.isprintable() or " " in text:
        raise errors.ParameterInvalid(name="featured_link", problem="not an http address")
    return text
