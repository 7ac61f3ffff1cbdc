"""Who uses which upload: posts that show it, people who uploaded it, people whose avatar it is."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from tertulia.model.uploads import Upload
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query, upsert_query
from tertulia.store.schema.uploads import post_uploads, uploads, user_avatars, user_uploads

_UPLOAD = Mapper(Upload, uploads)

_CLEAR = query(lambda: delete(post_uploads).where(post_uploads.c.post_id == parameter("post_id")))
_USE = insert_query(post_uploads, "post_id", "upload_id", ignore=True)
_THERE = query(lambda: select(uploads.c.id).where(among(uploads.c.id, "ids")).order_by(uploads.c.id))
_OF_POST = query(
    lambda: (
        select(post_uploads.c.upload_id)
        .where(post_uploads.c.post_id == parameter("post_id"))
        .order_by(post_uploads.c.upload_id)
    )
)
_OWN = insert_query(user_uploads, "user_id", "upload_id", ignore=True)
_OWNS = query(
    lambda: select(user_uploads.c.upload_id).where(
        user_uploads.c.user_id == parameter("user_id"), user_uploads.c.upload_id == parameter("upload_id")
    )
)
_SET_AVATAR = upsert_query(user_avatars, columns=("user_id", "upload_id"), key=("user_id",), update=("upload_id",))
_CLEAR_AVATAR = query(lambda: delete(user_avatars).where(user_avatars.c.user_id == parameter("user_id")))
_AVATAR = query(
    lambda: (
        select(*_UPLOAD.columns)
        .select_from(user_avatars.join(uploads, uploads.c.id == user_avatars.c.upload_id))
        .where(user_avatars.c.upload_id == parameter("upload_id"))
        .limit(1)
    )
)


async def replace_post_uploads(tx: Tx, post_id: int, upload_ids: Collection[int], *, is_new: bool = False) -> None:
    """Makes these the uploads that a post uses; ids of uploads that are gone are left out.

    A post that `is_new` used none."""
    if not is_new:
        await tx.run(_CLEAR, post_id=post_id)
    if not upload_ids:
        return
    there = [int(row[0]) for row in await tx.all(_THERE, ids=sorted(set(upload_ids)))]
    await tx.many(_USE, [{"post_id": post_id, "upload_id": upload_id} for upload_id in there])


async def list_post_uploads(tx: Tx, post_id: int) -> list[int]:
    """Ids of the uploads that a post uses."""
    return [int(row[0]) for row in await tx.all(_OF_POST, post_id=post_id)]


async def insert_owner(tx: Tx, *, user_id: int, upload_id: int) -> None:
    """Somebody uploaded this; many may have uploaded the same."""
    await tx.run(_OWN, user_id=user_id, upload_id=upload_id)


async def is_owner(tx: Tx, *, user_id: int, upload_id: int) -> bool:
    return await tx.one(_OWNS, user_id=user_id, upload_id=upload_id) is not None


async def set_avatar(tx: Tx, *, user_id: int, upload_id: int | None) -> None:
    """Makes the upload somebody's avatar; None takes the one they have away."""
    if upload_id is None:
        await tx.run(_CLEAR_AVATAR, user_id=user_id)
    else:
        await tx.run(_SET_AVATAR, user_id=user_id, upload_id=upload_id)


async def find_avatar(tx: Tx, upload_id: int) -> Upload | None:
    """The upload, if it is anybody's avatar."""
    return _UPLOAD.maybe(await tx.one(_AVATAR, upload_id=upload_id))
