"""An import from beginning to end: survey, refuse or make room, people, topics in slices, counters, report.

What is here already is skipped, so an import that was cut short is run again to go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from tertulia.forum.loading.content import LoadedTopic, load_topics
from tertulia.forum.loading.counting import recount_categories, recount_users, renew_statistics
from tertulia.forum.loading.people import load_users
from tertulia.forum.loading.places import load_tags
from tertulia.forum.loading.progress import Load, find_load, finish_load
from tertulia.forum.tags.names import clean_tag
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.importers.discourse_archive.context import Context
from tertulia.importers.discourse_archive.files import Archive, ArchiveProblem, open_archive
from tertulia.importers.discourse_archive.people import make_user
from tertulia.importers.discourse_archive.places import read_categories
from tertulia.importers.discourse_archive.preparing import ImportRefused, Plan, choose_free_usernames, make_room
from tertulia.importers.discourse_archive.report import Losses, Progress, Report, count_losses
from tertulia.importers.discourse_archive.survey import Survey, survey_archive
from tertulia.importers.discourse_archive.topics import make_topic
from tertulia.importers.discourse_archive.wire import decode_topic
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.users import SYSTEM_ID

__all__ = ["ImportRefused", "ImportRequest", "import_archive"]

_SLICE_SECONDS = 0.04  # others wait meanwhile; a tenth of a second is the most that they may
_FEWEST, _MOST = 20, 400  # posts in a slice; a topic is never cut
_PEOPLE = 500
_LONGEST_TAG = 100


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Where the archive is; a file that names categories; whether its ids may be shifted above ours."""

    path: Path
    categories: Path | None = None
    offset_ids: bool = False


class _Pace(msgspec.Struct):
    """How many posts the next slice should hold, learnt from the last one."""

    posts: int = _FEWEST

    def learn(self, seconds: float) -> None:
        fitting = self.posts * _SLICE_SECONDS / max(seconds, 0.001)
        self.posts = int(min(max(fitting, _FEWEST), self.posts * 2, _MOST))


class _Work(msgspec.Struct, frozen=True, kw_only=True):
    """What the steps share."""

    archive: Archive
    survey: Survey
    losses: Losses
    report: Report
    open_unit: Callable[[], Unit]
    tell: Callable[[Progress], None]


async def import_archive(
    request: ImportRequest, *, open_unit: Callable[[], Unit], tell: Callable[[Progress], None]
) -> Report:
    """Puts the archive into the forum and reports what was kept. Raises ArchiveProblem, ImportRefused."""
    began = time.monotonic()
    described = read_categories(request.categories)
    with open_archive(request.path) as archive:
        losses = Losses()
        survey = survey_archive(archive, losses=losses)
        if not survey.files:
            raise ArchiveProblem("no topic in it can be read")
        report = Report()
        fingerprint = archive.fingerprint()
        async with open_unit() as unit:
            load = await find_load(unit, fingerprint)
        if load is None:
            plan = Plan(survey=survey, fingerprint=fingerprint, described=described, offset_ids=request.offset_ids)
            load, said = await make_room(plan, open_unit=open_unit)
            report.notices.extend(said)
        elif load.finished:
            report.notices.append("This archive was imported before; nothing was left to do.")
        work = _Work(archive=archive, survey=survey, losses=losses, report=report, open_unit=open_unit, tell=tell)
        context = await _load_people(work, load)
        await _load_topics(work, load, context=context)
        await _finish(work, load, context=context)
        report.left_out = archive.left_out
        report.not_kept = losses.ordered()
    report.seconds = time.monotonic() - began
    report.posts_per_second = report.kept["posts"] / max(report.seconds, 0.001)
    return report


async def _load_people(work: _Work, load: Load) -> Context:
    """Accounts and tags, and with them the context of every topic."""
    people, offsets = work.survey.people, load.offsets
    async with work.open_unit() as unit:
        named = await choose_free_usernames(unit, people, offset=offsets.user)
    if named.changed:
        shown = ", ".join(f"{old} is {new}" for old, new in list(named.changed.items())[:20])
        work.report.notices.append(f"Usernames that could not be used here: {len(named.changed)} ({shown}).")
    ids = {each: each if each < 0 else each + offsets.user for each in people} | {SYSTEM_ID: SYSTEM_ID}
    users = [make_user(people[each], user_id=ids[each], username=name) for each, name in named.usernames.items()]
    for start in range(0, len(users), _PEOPLE):
        async with work.open_unit() as unit:
            await load_users(unit, users[start : start + _PEOPLE])
            await unit.commit()
    tags = await _load_tags(work)
    work.report.kept |= {"users": len(users), "categories": len(work.survey.category_ids), "tags": len(tags)}
    work.losses.add("e-mail address and password of a user, who can log in once an admin gives both", len(users))
    work.losses.add("registration date of a user, for which the first post's stands", len(users))
    return Context(
        offsets=offsets,
        users=ids,
        user_keys={username_key(person.username): ids[each] for each, person in people.items() if person.username},
        posts=work.survey.posts,
        tags=tags,
    )


async def _load_tags(work: _Work) -> dict[str, int]:
    cleaned = {name: clean_tag(name, maximum=_LONGEST_TAG) for name in sorted(work.survey.tags)}
    async with work.open_unit() as unit:
        tags = await load_tags(unit, sorted({name for name in cleaned.values() if name}))
        await unit.commit()
    return {name: tags[kept] for name, kept in cleaned.items() if kept in tags}


async def _load_topics(work: _Work, load: Load, *, context: Context) -> None:
    """Slices of whole topics, as many posts in each as others can wait for."""
    here = {topic_id - load.offsets.topic for topic_id in load.topic_ids}
    total = work.survey.post_count - sum(len(work.survey.posts.get(topic_id, ())) for topic_id in here)
    began, done, topics, pace = time.monotonic(), 0, 0, _Pace()
    for batch in _batches(work, here, context=context, pace=pace):
        seconds = await _write(work, batch, load_id=load.id)
        done += sum(len(each.posts) for each in batch)
        topics += len(batch)
        pace.learn(seconds)
        rate = done / max(time.monotonic() - began, 0.001)
        work.tell(Progress(done=done, total=total, rate=rate, seconds_left=max(total - done, 0) / rate))
    work.report.already_here = len(here & work.survey.posts.keys())
    work.report.kept = {"topics": topics, "posts": done, **work.report.kept}


def _batches(work: _Work, here: set[int], *, context: Context, pace: _Pace) -> Iterator[list[LoadedTopic]]:
    batch: list[LoadedTopic] = []
    posts = 0
    for name in work.survey.files:
        wire = decode_topic(work.archive.read_json(name))
        if wire.id in here or not context.posts.get(wire.id):
            continue
        topic = make_topic(wire, raw_page=work.archive.read_raw(wire.id), context=context)
        count_losses(wire, topic, losses=work.losses)
        batch.append(topic)
        posts += len(topic.posts)
        if posts >= pace.posts:
            yield batch
            batch, posts = [], 0
    if batch:
        yield batch


async def _write(work: _Work, batch: Sequence[LoadedTopic], *, load_id: int) -> float:
    """One slice; answers how many seconds it took, preparing for the search included."""
    began = time.monotonic()
    async with work.open_unit() as unit:
        await load_topics(unit, batch, load_id=load_id)
        await unit.commit()
    return time.monotonic() - began


async def _finish(work: _Work, load: Load, *, context: Context) -> None:
    """Counters of people and categories; then the load is done."""
    users = sorted(set(context.users.values()))
    for start in range(0, len(users), _PEOPLE):
        async with work.open_unit() as unit:
            await recount_users(unit, users[start : start + _PEOPLE])
            await unit.commit()
    for category_id in sorted({UNCATEGORIZED_ID, *(each + load.offsets.category for each in work.survey.category_ids)}):
        async with work.open_unit() as unit:
            await recount_categories(unit, [category_id])
            await unit.commit()
    async with work.open_unit() as unit:
        await finish_load(unit, load.id)
        await renew_statistics(unit)
        await unit.commit()
