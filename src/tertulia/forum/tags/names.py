"""Names of tags: cleaned, checked, and the key by which they are unique.

Pure rules; which tags a topic may have is decided by the services. Read next: `categories/names.py`.
"""

from __future__ import annotations

import re
import unicodedata

from tertulia.forum.characters import fold, remove_invisible
from tertulia.model import errors

MAXIMUM_TAG = 20
# Tags stand in addresses, in comma lists and in search operators, so none of their separators may be inside.
_FORBIDDEN = re.compile(r"""[/?#\[\]@!$&'()*+,;=%\\`^\s|{}"<>]+""")
_DASHES = re.compile(r"-{2,}")


def clean_tag(name: str, *, maximum: int = MAXIMUM_TAG, force_lowercase: bool = True) -> str:
    """Gives the nearest acceptable name: spaces become dashes, forbidden characters vanish, the rest is cut.

    May be empty. A colon, a dot and an underscore are allowed: `v3.4`, `c++` becomes `c`. Source: upstream.
    """
    text = unicodedata.normalize("NFC", remove_invisible(name[: maximum * 16]))
    if force_lowercase:
        text = text.lower()
    spaced = "-".join(text.split())
    kept = "".join(c for c in spaced if c in "_$+<=>^`|~" or unicodedata.category(c)[0] in "LMNP")
    tag = _DASHES.sub("-", _FORBIDDEN.sub("", kept))[:maximum]
    # A name of dots is a step in an address, not a name in it.
    return "" if not tag.strip("._-:") else tag


def tag_key(name: str) -> str:
    """Gives the form in which two tags are the same: case and width do not matter."""
    return fold(name)


def check_tag(name: str, *, maximum: int = MAXIMUM_TAG, force_lowercase: bool = True) -> str:
    """Gives the cleaned name of a tag that is to be made. Raises TagTooLong, TagNameInvalid."""
    whole = clean_tag(name, maximum=max(maximum, 1) * 16, force_lowercase=force_lowercase)
    if not whole:
        raise errors.TagNameInvalid(name=name[:100])
    if len(whole) > maximum:
        raise errors.TagTooLong(name=whole[:100], maximum=maximum)
    return whole
