"""The first reading of an archive: which ids and names it claims, and who its people are. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tertulia.importers.discourse_archive.fields import count_lost_fields
from tertulia.importers.discourse_archive.files import Archive
from tertulia.importers.discourse_archive.report import Losses
from tertulia.importers.discourse_archive.wire import (
    BrokenBody,
    Person,
    Post,
    Topic,
    decode_topic,
    milliseconds,
    tag_names,
)


class Observed(msgspec.Struct):
    """What the archive tells of one person. `told_at` is the time of the post that told it (ms)."""

    id: int
    first_seen_at: int
    told_at: int = -1
    username: str = ""
    name: str = ""
    avatar_template: str = ""
    title: str | None = None
    trust_level: int | None = None
    admin: bool = False
    moderator: bool = False
    suspended: bool = False


class Survey(msgspec.Struct):
    """What an archive holds. `posts` maps topic id to post ids by number; ids are the archive's own."""

    files: list[str] = msgspec.field(default_factory=list)
    posts: dict[int, dict[int, int]] = msgspec.field(default_factory=dict)
    post_ids: set[int] = msgspec.field(default_factory=set)
    category_ids: set[int] = msgspec.field(default_factory=set)
    tags: set[str] = msgspec.field(default_factory=set)
    people: dict[int, Observed] = msgspec.field(default_factory=dict)
    earliest: int = 0

    @property
    def post_count(self) -> int:
        return len(self.post_ids)


def survey_archive(archive: Archive, *, losses: Losses) -> Survey:
    """Reads every body once. Broken files and those that repeat a topic go to `archive.left_out`."""
    survey = Survey()
    for name in archive.json_names:
        try:
            body = archive.read_json(name)
            topic = decode_topic(body)
            _check(topic)
            if topic.id in survey.posts:
                raise BrokenBody(f"topic {topic.id} is in another file already")
            lost = count_lost_fields(body)
        except (BrokenBody, OSError, msgspec.MsgspecError) as error:
            archive.left_out[f"json/{name}"] = str(error)
            continue
        _add(survey, topic, losses=losses)
        survey.files.append(name)
        for field, count in lost.items():
            losses.add(f"the field {field}", count)
    return survey


def _check(topic: Topic) -> None:
    """Raises BrokenBody where a time cannot be read, so that nothing fails once writing has begun."""
    for text in (topic.created_at, topic.last_posted_at, topic.bumped_at, topic.pinned_at, topic.pinned_until):
        if text:
            milliseconds(text)
    if topic.deleted_at:
        milliseconds(topic.deleted_at)
    for post in topic.post_stream.posts:
        for text in (post.created_at, post.updated_at, post.deleted_at):
            if text:
                milliseconds(text)


def own_posts(topic: Topic, posts: dict[int, int]) -> list[Post]:
    """The posts of a body that the survey gave to this topic, by number, each once."""
    found: dict[int, Post] = {}
    for post in topic.post_stream.posts:
        if posts.get(post.post_number) == post.id:
            found.setdefault(post.post_number, post)
    return [found[number] for number in sorted(found)]


def _add(survey: Survey, topic: Topic, *, losses: Losses) -> None:
    created = milliseconds(topic.created_at)
    survey.earliest = min(survey.earliest or created, created)
    numbers = survey.posts.setdefault(topic.id, {})
    for post in topic.post_stream.posts:
        if post.id in survey.post_ids or post.post_number in numbers:
            losses.add("posts whose id or number another post of the archive has")
            continue
        numbers[post.post_number] = post.id
        survey.post_ids.add(post.id)
        _observe_author(survey, post)
    if topic.category_id is not None:
        survey.category_ids.add(topic.category_id)
    survey.tags.update(tag_names(topic))
    for person in _named(topic):
        _observe(survey, person, at=created)


def _named(topic: Topic) -> Iterator[Person]:
    details = topic.details
    yield from details.participants or ()
    yield from details.allowed_users or ()
    yield from (person for person in (details.created_by, details.last_poster) if person is not None)
    if topic.user_id is not None:
        yield Person(id=topic.user_id)
    yield from (Person(id=link.user_id) for link in details.links or () if link.user_id is not None)


def _observe_author(survey: Survey, post: Post) -> None:
    if post.user_id is None:
        return
    at = milliseconds(post.created_at)
    known = survey.people.setdefault(post.user_id, Observed(id=post.user_id, first_seen_at=at))
    known.first_seen_at = min(known.first_seen_at, at)
    if at < known.told_at:
        return
    known.told_at = at
    known.username = post.username or known.username
    known.name = post.name or ""
    known.avatar_template = post.avatar_template or known.avatar_template
    known.title = post.user_title
    known.trust_level = post.trust_level if post.trust_level is not None else known.trust_level
    known.admin, known.moderator = bool(post.admin), bool(post.moderator)
    known.suspended = bool(post.user_suspended)


def _observe(survey: Survey, person: Person, *, at: int) -> None:
    known = survey.people.setdefault(person.id, Observed(id=person.id, first_seen_at=at))
    if known.told_at >= 0:
        return  # posts tell more
    known.first_seen_at = min(known.first_seen_at, at)
    known.username = known.username or person.username or ""
    known.name = known.name or person.name or ""
    known.avatar_template = known.avatar_template or person.avatar_template or ""
    known.trust_level = known.trust_level if known.trust_level is not None else person.trust_level
    known.admin = known.admin or bool(person.admin)
    known.moderator = known.moderator or bool(person.moderator)
