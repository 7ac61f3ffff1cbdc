"""The form for a new message. What was typed comes back with whatever is wrong with it."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import topic_path
from tertulia.forum.topics.creating import create_topic
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError
from tertulia.model.topics import Archetype, CreateTopic
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect


class MessageForm(msgspec.Struct, frozen=True):
    """What stands in the form."""

    to: str
    title: str
    raw: str


def message_form(call: Call) -> MessageForm:
    return MessageForm(typed(call, "to", longest=2000), typed(call, "title", longest=1000), typed(call, "raw"))


async def get_new_message(call: Call) -> Answer:
    return _page(call, form=message_form(call), problems=Problems())


async def post_new_message(call: Call) -> Answer:
    form = message_form(call)
    try:
        made = await create_topic(call.unit, _command(form))
    except ForumError as error:
        return _page(call, form=form, problems=await take_back(call, error))
    return redirect(topic_path(made.topic_slug, made.post.topic_id))


def _command(form: MessageForm) -> CreateTopic:
    names = tuple(name for name in form.to.replace(";", ",").split(",") if name.strip())
    return CreateTopic(title=form.title, raw=form.raw, archetype=Archetype.MESSAGE, recipients=names)


def _page(call: Call, *, form: MessageForm, problems: Problems) -> Answer:
    site = call.unit.site
    answer = page(
        call,
        "messages/new.html",
        around=Around(title="New message", section="messages", noindex=True, status=problems.status),
        form=form,
        problems=problems,
        title_bounds=(site.min_personal_message_title_length, site.max_topic_title_length),
        body_minimum=site.min_personal_message_post_length,
    )
    answer.reason = problems.reason
    return answer
