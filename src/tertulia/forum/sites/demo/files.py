"""The demo's picture and its attachment, uploaded and posted by the services themselves.

They come after the founding, in units of their own: bytes are put where they lie before a unit writes, and the
founding writes from its first moment on. A forum without them is whole, only less colourful.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import msgspec

from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sites.demo.content import DemoFileReply, read_demo, read_demo_file
from tertulia.forum.sites.demo.history import HOUR
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.creating import create_upload
from tertulia.forum.users.names import username_key
from tertulia.model.actor import Actor
from tertulia.model.posts import CreatePost, VotePost
from tertulia.model.uploads import COMPOSER, CreateUpload
from tertulia.store.topics_reading import find_topic_by_slug
from tertulia.store.users import find_user_by_key


async def create_demo_files(open_unit: Callable[[], Unit], *, admin: str) -> None:
    """Adds the replies with files to a forum that was just filled by `create_demo`.

    Raises what `create_upload` raises, above all StorageFailed; then the reply in question is not written."""
    for reply in read_demo(admin=admin).file_replies:
        addresses = {name: await _upload(open_unit, name, by=reply.by) for name in reply.files}
        async with open_unit() as unit:
            await _post(unit, reply, addresses=addresses)
            await unit.commit()


async def _upload(open_unit: Callable[[], Unit], name: str, *, by: str) -> str:
    """The short address of a file of this package, whatever endings the forum allows."""
    data = read_demo_file(name)
    async with open_unit() as unit:
        site = msgspec.structs.replace(unit.site, authorized_extensions=("*",))
        unit.settings = msgspec.structs.replace(unit.settings, site=site)
        unit.actor = await _find_actor(unit, by)
        command = CreateUpload(purpose=COMPOSER, filename=name, size=len(data), file=io.BytesIO(data))
        view = await create_upload(unit, command)
        await unit.commit()
    return view.short_url


async def _post(unit: Unit, reply: DemoFileReply, *, addresses: dict[str, str]) -> None:
    founded, text = unit.now, reply.text
    for name, address in addresses.items():
        text = text.replace(f"{{{name}}}", address)
    unit.now = founded - round(reply.hours * HOUR)
    unit.actor = await _find_actor(unit, reply.by)
    topic = await find_topic_by_slug(unit.tx, reply.topic, visibility=unit.actor.visibility)
    if topic is None:
        raise LookupError(f"the demo has no topic {reply.topic}")
    made = await create_post(unit, CreatePost(topic_id=topic.id, raw=text))
    await unit.settle()
    for number, username in enumerate(reply.likes, start=1):
        unit.now = min(unit.now + round(number * HOUR / 2), founded)
        unit.actor = await _find_actor(unit, username)
        await vote_post(unit, VotePost(post_id=made.post.id, value=1))
        await unit.settle()


async def _find_actor(unit: Unit, username: str) -> Actor:
    user = await find_user_by_key(unit.tx, username_key(username))
    if user is None:
        raise LookupError(f"the demo has no {username}")
    return await build_actor(unit, user)
