"""Categories and tags in bulk; the welcome topic of a new forum gives way here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from tertulia.forum.indexing.posts import remove_posts
from tertulia.forum.loading.occupancy import WELCOME_POST_ID, WELCOME_TOPIC_ID
from tertulia.forum.tags.names import tag_key
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category
from tertulia.model.groups import EVERYONE_ID, STAFF_ID
from tertulia.model.privileges import EVERY, FULL, Holder
from tertulia.store.upkeep import loading as store
from tertulia.store.versions import PERMISSIONS, bump_version

_OF_TOPIC = ("topic_posters", "topic_states", "topic_links", "topic_views", "topic_tags", "topic_allowed_users")
_OF_POST = ("post_mentions", "post_quotes", "post_revisions", "votes")


def blank_category(category_id: int, *, name: str, slug: str, created_at: int) -> Category:
    """A category on the top level with a name; everything else as new categories have it. `created_at` in ms."""
    fields: dict[str, object] = dict.fromkeys(Category.__struct_fields__, 0)
    fields |= dict.fromkeys(
        ("description", "description_html", "topic_template", "icon", "style", "background_image", "link", "settings"),
        "",
    )
    fields |= {"restricted": False, "disabled": False, "section": False, "allow_badges": True, "maximum_tags": 5}
    fields |= {"default_level": 1, "user_id": -1, "topic_id": None, "latest_post_id": None, "latest_topic_id": None}
    fields |= {"id": category_id, "name": name, "name_key": name.casefold(), "slug": slug, "slug_key": slug.lower()}
    fields |= {"color": "0088CC", "text_color": "FFFFFF", "created_at": created_at, "updated_at": created_at}
    return msgspec.convert(fields, Category)


async def load_categories(unit: Unit, categories: Sequence[Category]) -> None:
    """Puts categories, replacing those whose id is there: for everyone, or for staff where restricted.

    Raises UniqueViolation when another category beside it has the name or the slug."""
    await unit.write()
    ids = [category.id for category in categories]
    known = set(await store.list_known(unit.tx, "categories", "id", wanted=ids))
    for category in categories:
        row = msgspec.structs.asdict(category)
        if category.id in known:
            del row["id"]
            await store.replace_row(unit.tx, "categories", category.id, values=row)
        else:
            await store.insert_rows(unit.tx, "categories", [row])
    await store.delete_rows(unit.tx, "category_grants", "category_id", ids=ids)
    await store.insert_rows(unit.tx, "category_grants", [_grant(category) for category in categories])
    await bump_version(unit.tx, PERMISSIONS)


def _grant(category: Category) -> dict[str, int]:
    holder, bits = (STAFF_ID, EVERY) if category.restricted else (EVERYONE_ID, FULL)
    return {
        "category_id": category.id, "holder": int(Holder.GROUP), "holder_id": holder, "bits": int(bits),
    }  # fmt: skip


async def list_taken_places(unit: Unit, keys: Collection[str]) -> dict[str, int]:
    """Category ids by the key of the name or the slug, for those of the keys that are taken."""
    names = await store.list_ids_by_key(unit.tx, "categories", "name_key", wanted=keys)
    return names | await store.list_ids_by_key(unit.tx, "categories", "slug_key", wanted=keys)


async def load_tags(unit: Unit, names: Iterable[str]) -> dict[str, int]:
    """Makes the tags that are missing; answers the ids of all by name. Names are cleaned before."""
    wanted = {tag_key(name): name for name in names}
    if not wanted:
        return {}
    await unit.write()
    known = await store.list_ids_by_key(unit.tx, "tags", "name_key", wanted=wanted)
    rows = [{"name": name, "name_key": key, "created_at": unit.now} for key, name in wanted.items() if key not in known]
    await store.insert_rows(unit.tx, "tags", rows)
    known = await store.list_ids_by_key(unit.tx, "tags", "name_key", wanted=wanted)
    return {name: known[key] for key, name in wanted.items()}


async def remove_welcome_topic(unit: Unit) -> None:
    """Takes away the topic that founding made, so that another may have its ids."""
    await unit.write()
    for table in _OF_TOPIC:
        await store.delete_rows(unit.tx, table, "topic_id", ids=[WELCOME_TOPIC_ID])
    for table in _OF_POST:
        await store.delete_rows(unit.tx, table, "post_id", ids=[WELCOME_POST_ID])
    await remove_posts(unit.tx, [WELCOME_POST_ID])
    await store.delete_rows(unit.tx, "posts", "topic_id", ids=[WELCOME_TOPIC_ID])
    await store.delete_rows(unit.tx, "topics", "id", ids=[WELCOME_TOPIC_ID])
