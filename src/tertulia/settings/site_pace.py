"""Site settings about how often: writing, liking, editing, searching. 0 switches a limit off; staff are exempt.

The last links of the chain that `site_basics.py` begins. Names and defaults are the upstream's but for
`max_creates_per_minute_tl0` to `tl4`, which stand in place of its pauses between two posts.
Read next: `site.py`; `forum/limits` applies these.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from tertulia.settings.knob import Knob
from tertulia.settings.site_posting import EditingSettings

_MOST = 100_000
_MOST_TIMES = 1_000


class CreatingSettings(EditingSettings, frozen=True, kw_only=True):
    """How often somebody writes."""

    category: ClassVar[str] = "rate_limits"

    max_creates_per_minute_tl0: Annotated[
        int, Knob("Topics and posts together that a user at trust level 0 may write in a minute.", 0, _MOST)
    ] = 5
    max_creates_per_minute_tl1: Annotated[int, Knob("The same at trust level 1.", 0, _MOST)] = 10
    max_creates_per_minute_tl2: Annotated[int, Knob("The same at trust level 2.", 0, _MOST)] = 15
    max_creates_per_minute_tl3: Annotated[int, Knob("The same at trust level 3.", 0, _MOST)] = 20
    max_creates_per_minute_tl4: Annotated[int, Knob("The same at trust level 4.", 0, _MOST)] = 20
    rate_limit_create_topic: Annotated[int, Knob("Seconds between two topics by one user.", 0, 86_400)] = 0
    rate_limit_create_post: Annotated[int, Knob("Seconds between two replies by one user.", 0, 86_400)] = 0
    rate_limit_new_user_create_topic: Annotated[
        int, Knob("Seconds between two topics by a user at trust level 0.", 0, 86_400)
    ] = 0
    rate_limit_new_user_create_post: Annotated[
        int, Knob("Seconds between two replies by a user at trust level 0.", 0, 86_400)
    ] = 0
    max_topics_per_day: Annotated[int, Knob("Topics that a user may begin within 24 hours.", 0, _MOST)] = 20
    max_topics_in_first_day: Annotated[
        int, Knob("The same for users below trust level 2 until a day after their first post.", 0, _MOST)
    ] = 3
    max_replies_in_first_day: Annotated[int, Knob("Replies that such a user may write within 24 hours.", 0, _MOST)] = 10


class ActingSettings(CreatingSettings, frozen=True, kw_only=True):
    """How often somebody does the rest."""

    category: ClassVar[str] = "rate_limits"

    max_likes_per_day: Annotated[int, Knob("Likes that a user may give within 24 hours.", 0, _MOST)] = 50
    tl2_additional_likes_per_day_multiplier: Annotated[
        float, Knob("That many times more at trust level 2; 1 or less: no more.", 0, _MOST_TIMES)
    ] = 1.5
    tl3_additional_likes_per_day_multiplier: Annotated[float, Knob("At trust level 3.", 0, _MOST_TIMES)] = 2.0
    tl4_additional_likes_per_day_multiplier: Annotated[float, Knob("At trust level 4.", 0, _MOST_TIMES)] = 3.0
    max_edits_per_day: Annotated[int, Knob("Edits that a user may make within 24 hours.", 0, _MOST)] = 30
    tl2_additional_edits_per_day_multiplier: Annotated[
        float, Knob("That many times more at trust level 2; 1 or less: no more.", 0, _MOST_TIMES)
    ] = 1.5
    tl3_additional_edits_per_day_multiplier: Annotated[float, Knob("At trust level 3.", 0, _MOST_TIMES)] = 2.0
    tl4_additional_edits_per_day_multiplier: Annotated[float, Knob("At trust level 4.", 0, _MOST_TIMES)] = 3.0
    max_bookmarks_per_day: Annotated[int, Knob("Bookmarks that a user may set within 24 hours.", 0, _MOST)] = 20
    max_post_deletions_per_minute: Annotated[
        int, Knob("Posts that a user may delete or bring back in a minute; moderators any number.", 0, _MOST)
    ] = 2
    max_post_deletions_per_day: Annotated[int, Knob("The same within 24 hours.", 0, _MOST)] = 10
    max_topic_invitations_per_minute: Annotated[
        int, Knob("People whom a user may let into messages in a minute.", 0, _MOST)
    ] = 5
    max_topic_invitations_per_day: Annotated[int, Knob("The same within 24 hours.", 0, _MOST)] = 30


class SearchingSettings(ActingSettings, frozen=True, kw_only=True):
    """How often somebody searches."""

    category: ClassVar[str] = "rate_limits"

    rate_limit_search_user: Annotated[int, Knob("Searches of a user in a minute.", 0, _MOST)] = 30
    rate_limit_search_anon_user_per_second: Annotated[
        int, Knob("Searches from one address in a second, by visitors who did not log in.", 0, _MOST)
    ] = 2
    rate_limit_search_anon_user_per_minute: Annotated[int, Knob("The same in a minute.", 0, _MOST)] = 15
    rate_limit_search_anon_global_per_second: Annotated[
        int, Knob("Searches of all such visitors together in a second.", 0, _MOST)
    ] = 8
    rate_limit_search_anon_global_per_minute: Annotated[int, Knob("The same in a minute.", 0, _MOST)] = 150
