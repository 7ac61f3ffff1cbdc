"""What mapping one topic needs to know of the whole archive: where ids go, who exists, which posts there are."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tertulia.forum.loading.progress import Offsets
from tertulia.model.users import SYSTEM_ID


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of the archive to ids of this forum. `users` maps them; `user_keys` maps the key of the archive's
    usernames; `posts` maps topic id to post ids by number, both the archive's own."""

    offsets: Offsets
    users: Mapping[int, int]
    user_keys: Mapping[str, int]
    posts: Mapping[int, Mapping[int, int]]
    tags: Mapping[str, int]

    def user(self, user_id: int | None) -> int:
        """The account of an author; the system user for those who are gone."""
        return self.users.get(user_id, SYSTEM_ID) if user_id is not None else SYSTEM_ID

    def post(self, topic_id: int, number: int | None) -> int | None:
        """The id here of a post of the archive, or None."""
        found = self.posts.get(topic_id, {}).get(number) if number is not None else None
        return None if found is None else found + self.offsets.post

    def topic(self, topic_id: int) -> int | None:
        """The id here of a topic of the archive, or None."""
        return topic_id + self.offsets.topic if topic_id in self.posts else None
