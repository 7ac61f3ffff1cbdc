"""The site as a whole: vocabulary, basic facts, statistics, the about page."""

from __future__ import annotations

from typing import Any

import tertulia
from tertulia.dialects.discourse.shapes.site import BasicInfo, Site, about_of, statistics_of
from tertulia.forum.sites.reading import read_about, read_site
from tertulia.http.call import Call
from tertulia.settings import SiteSettings

_LOCALE = "en"


async def get_site(call: Call) -> Site:
    return Site.of(await read_site(call.unit))


async def get_basic_info(call: Call) -> BasicInfo:
    """Open to everybody, also where reading needs a log-in: an app must know what it will log in to."""
    site = call.unit.site
    return BasicInfo.of(
        title=site.title, description=site.site_description, login_required=site.login_required, locale=_LOCALE
    )


async def get_statistics(call: Call) -> Any:
    return statistics_of((await read_about(call.unit)).counts)


async def get_about(call: Call) -> Any:
    return about_of(await read_about(call.unit), facts=_facts(call, call.unit.site))


def _facts(call: Call, site: SiteSettings) -> dict[str, Any]:
    return {
        "title": site.title,
        "description": site.site_description,
        "extended_site_description": "",
        "banner_image": None,
        "locale": _LOCALE,
        "version": tertulia.__version__,
        "https": call.base_url.startswith("https://"),
        "contact_url": site.contact_url,
        "contact_email": site.contact_email,
    }
