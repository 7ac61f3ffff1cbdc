"""What a client asks first: who it is, the token for writing, and the site's limits."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE
from tertulia.dialects.nodebb.wire import escaped
from tertulia.settings import SiteSettings

_MARKDOWN = {
    "highlight": 0, "hljsLanguages": (), "theme": "", "defaultHighlightLanguage": "", "externalMark": False,
}  # fmt: skip
_THEME = {
    "enableQuickReply": False, "enableBreadcrumbs": True, "centerHeaderElements": False, "mobileTopicTeasers": False,
    "stickyToolbar": False, "autohideBottombar": False, "topMobilebar": False, "openSidebars": False,
    "chatModals": False, "topicSidebarTools": False,
}  # fmt: skip
_COOKIES = {"enabled": False, "message": "", "dismiss": "", "link": "", "link_url": ""}


def config(site: SiteSettings, *, user_id: int, token: str, base_url: str) -> dict[str, Any]:
    """`token` is what writing requests of this browser must carry. Features that are not here are switched off."""
    return {**_reader(user_id, token=token), **_site(site, base_url=base_url), **_limits(site), **_absent()}


def _reader(user_id: int, *, token: str) -> dict[str, Any]:
    return {
        "uid": user_id,
        "loggedIn": user_id > 0,
        "csrf_token": token,
        "acpLang": "en-GB",
        "userLang": "en-GB",
        "bootswatchSkin": "noskin",
        "topicPostSort": "oldest_to_newest",
        "categoryTopicSort": "recently_replied",
        "usePagination": True,
        "openOutgoingLinksInNewTab": False,
        "hideReadNotifications": False,
    }


def _site(site: SiteSettings, *, base_url: str) -> dict[str, Any]:
    return {
        "siteTitle": escaped(site.title),
        "browserTitle": escaped(site.title),
        "titleLayout": "{pageTitle} | {browserTitle}",
        "showSiteTitle": True,
        "description": escaped(site.site_description),
        "keywords": "",
        "defaultLang": "en-GB",
        "url": base_url,
        "relative_path": "",
        "asset_base_url": "/assets",
        "upload_url": "/assets/uploads",
        "websocketAddress": "",
        "socketioOrigins": "",
        "socketioTransports": (),
        "maintenanceMode": False,
        "searchEnabled": True,
        "topicSearchEnabled": True,
        "searchDefaultInQuick": "titles",
        "cache-buster": "",
    }


def _limits(site: SiteSettings) -> dict[str, Any]:
    return {
        "topicsPerPage": PER_PAGE,
        "postsPerPage": PER_PAGE,
        "minimumTitleLength": site.min_topic_title_length,
        "maximumTitleLength": site.max_topic_title_length,
        "minimumPostLength": site.min_post_length,
        "maximumPostLength": site.max_post_length,
        "minimumTagsPerTopic": 0,
        "maximumTagsPerTopic": site.max_tags_per_topic,
        "minimumTagLength": 1,
        "maximumTagLength": site.max_tag_length,
        "enablePostHistory": site.edit_history_visible_to_public,
        "undoTimeout": 0,
    }


def _absent() -> dict[str, Any]:
    return {
        "activitypub": {"enabled": False, "probe": 0, "worldDefaultCid": -1},
        "allowGuestHandles": False,
        "allowTopicsThumbnail": False,
        "composer-default": {},
        "composer:showHelpTab": False,
        "convertPastedImageTo": "",
        "cookies": _COOKIES,
        "defaultBootswatchSkin": "",
        "disableChat": True,
        "disableChatMessageEditing": True,
        "disableCustomUserSkins": True,
        "emailPrompt": 0,
        "emojiCustomFirst": False,
        "fontawesome": {"pro": False, "styles": (), "version": ""},
        "markdown": _MARKDOWN,
        "maximumChatMessageLength": 0,
        "maximumFileSize": 0,
        "maxReconnectionAttempts": 0,
        "reconnectionDelay": 0,
        "openDraftsOnPageLoad": False,
        "postQueue": 0,
        "theme": _THEME,
        "theme:id": "",
        "theme:src": "",
        "thumbs": {"size": 0},
        "timeagoCodes": (),
        "timeagoCutoff": 30,
        "tinycon": {"background": "", "color": ""},
        "useOutgoingLinksPage": False,
        "useragent": {"isSafari": False},
    }
