"""Writing: a new topic, a reply. What was typed comes back with whatever is wrong with it."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import topic_path
from tertulia.forum.categories.reading import list_categories
from tertulia.forum.permissions import able, allow
from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.reading import read_post_by_number
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.reading import find_topic
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError, PostMissing
from tertulia.model.posts import CreatePost, PostView
from tertulia.model.topics import CreateTopic, Topic
from tertulia.pages.forms import Problems, accepted, take_back, typed, with_file
from tertulia.pages.post_html import post_html
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect


class TopicForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form of a new topic."""

    title: str
    raw: str
    category_id: int | None
    tags: str


class Choice(msgspec.Struct, frozen=True):
    """A category that may take the topic."""

    id: int
    label: str


def topic_form(call: Call) -> TopicForm:
    return TopicForm(
        title=typed(call, "title", longest=1000),
        raw=typed(call, "raw"),
        category_id=call.parameters.integer("category", minimum=1),
        tags=typed(call, "tags", longest=1000),
    )


async def get_new_topic(call: Call) -> Answer:
    return await _topic_page(call, form=topic_form(call), problems=Problems())


async def post_new_topic(call: Call) -> Answer:
    form = topic_form(call)
    tags = tuple(tag.strip() for tag in form.tags.split(",") if tag.strip()) or None
    try:
        form = msgspec.structs.replace(form, raw=await with_file(call, form.raw))
        command = CreateTopic(title=form.title, raw=form.raw, category_id=form.category_id, tags=tags)
        made = await create_topic(call.unit, command)
    except ForumError as error:
        return await _topic_page(call, form=form, problems=await take_back(call, error))
    return redirect(topic_path(made.topic_slug, made.post.topic_id))


async def _topic_page(call: Call, *, form: TopicForm, problems: Problems) -> Answer:
    answer = _render_topic(call, form=form, problems=problems, choices=await _choices(call))
    answer.reason = problems.reason
    return answer


def _render_topic(call: Call, *, form: TopicForm, problems: Problems, choices: list[Choice]) -> Answer:
    site = call.unit.site
    return page(
        call,
        "new_topic.html",
        around=Around(title="New topic", section="compose", noindex=True, status=problems.status),
        form=form,
        problems=problems,
        choices=choices,
        accept=accepted(call),
        can_tag=site.tagging_enabled and any(able(call.unit, "topic.tag", category_id=each.id) for each in choices),
        title_bounds=(site.min_topic_title_length, site.max_topic_title_length),
        body_minimum=site.min_first_post_length,
    )


async def _choices(call: Call) -> list[Choice]:
    view = await list_categories(call.unit)
    return [
        Choice(each.category.id, " › ".join(ref.name for ref in each.path) or each.category.name)
        for each in view.categories
        if each.can_create_topic
    ]


# -- replies ----------------------------------------------------------------------------------------
async def get_reply(call: Call) -> Answer:
    topic = await find_topic(call.unit, call.integer("topic_id"))
    allow(call.unit, "topic.reply", topic=topic)
    return await _reply_page(call, topic, raw=typed(call, "raw"), problems=Problems())


async def post_reply(call: Call) -> Answer:
    topic, raw = await find_topic(call.unit, call.integer("topic_id")), typed(call, "raw")
    to = call.parameters.integer("to", minimum=1)
    try:
        raw = await with_file(call, raw)
        made = await create_post(call.unit, CreatePost(topic_id=topic.id, raw=raw, reply_to_post_number=to))
    except ForumError as error:
        return await _reply_page(call, topic, raw=raw, problems=await take_back(call, error))
    return redirect(topic_path(made.topic_slug, made.post.topic_id, made.post.post_number))


async def _reply_page(call: Call, topic: Topic, *, raw: str, problems: Problems) -> Answer:
    answered = await _answered(call, topic)
    answer = _render_reply(call, topic, answered=answered, raw=raw, problems=problems)
    answer.reason = problems.reason
    return answer


def _render_reply(call: Call, topic: Topic, *, answered: PostView | None, raw: str, problems: Problems) -> Answer:
    return page(
        call,
        "reply.html",
        around=Around(title=f"Reply: {topic.title}", section="compose", noindex=True, status=problems.status),
        topic_title=topic.title,
        path=topic_path(topic.slug, topic.id),
        answered=answered,
        answered_html=post_html(answered.post.cooked) if answered and answered.can_see_content else None,
        raw=raw,
        accept=accepted(call),
        problems=problems,
        minimum=call.unit.site.min_post_length,
    )


async def _answered(call: Call, topic: Topic) -> PostView | None:
    """The post that the reply is to; none for one that is not there (any more)."""
    number = call.parameters.integer("to", minimum=1)
    if number is None:
        return None
    try:
        return await read_post_by_number(call.unit, topic.id, number)
    except PostMissing:
        return None
