"""What a rule of the permissions is asked: who, when, and about which topic, post, category or user.

Read next: permissions.py, the table of rules.
"""

from __future__ import annotations

import msgspec

from tertulia.model.actor import Actor
from tertulia.model.posts import Post
from tertulia.model.privileges import Privilege
from tertulia.model.topics import Topic
from tertulia.model.users import User
from tertulia.settings import SiteSettings


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """An act by an actor on what is given of topic, post, category and user."""

    actor: Actor
    now: int
    site: SiteSettings
    topic: Topic | None = None
    post: Post | None = None
    category_id: int | None = None
    category_disabled: bool = False
    user: User | None = None
    owns_group: bool = False

    def holds(self, privilege: Privilege) -> bool:
        return self.actor.holds(self._category(), privilege)

    def moderates(self) -> bool:
        return self.actor.moderates(self._category())

    def owns_topic(self) -> bool:
        return self.topic is not None and self.actor.user_id == self.topic.user_id

    def owns_post(self) -> bool:
        return self.post is not None and self.actor.user_id == self.post.user_id

    def is_message(self) -> bool:
        return self.topic is not None and self.topic.is_message

    def _category(self) -> int | None:
        return self.topic.category_id if self.topic is not None else self.category_id
