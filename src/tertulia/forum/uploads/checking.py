"""What may be uploaded: by ending, size and purpose. Source of the rules and figures: upstream's settings."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.forum.uploads.kinds import PICTURE_NAMES
from tertulia.model.errors import UploadEmpty, UploadExtensionRefused, UploadTooLarge
from tertulia.model.uploads import COMPOSER

_ALL = "*"


def authorized_extensions(unit: Unit, *, only_pictures: bool = False) -> tuple[str, ...]:
    """The endings that the actor may upload, in the order of the settings; `*` stands for all."""
    site = unit.site
    named = site.authorized_extensions + (site.authorized_extensions_for_staff if unit.actor.is_staff else ())
    cleaned = dict.fromkeys(each.strip().lower().lstrip(".") for each in named)
    if only_pictures:
        chosen = PICTURE_NAMES if _ALL in cleaned else PICTURE_NAMES & cleaned.keys()
        return tuple(each for each in (*cleaned, *sorted(PICTURE_NAMES - cleaned.keys())) if each in chosen)
    return tuple(each for each in cleaned if each)


def check_extension(unit: Unit, extension: str, *, purpose: str) -> None:
    """Raises UploadExtensionRefused. What is not for a post has to be a picture, unless staff bring it."""
    only_pictures = purpose != COMPOSER and not unit.actor.is_staff
    authorized = authorized_extensions(unit, only_pictures=only_pictures)
    if extension not in authorized and _ALL not in authorized:
        raise UploadExtensionRefused(extension=extension, authorized=list(authorized))


def largest(unit: Unit, *, picture: bool) -> int:
    """Bytes that a file may have."""
    return (unit.site.max_image_size_kb if picture else unit.site.max_attachment_size_kb) * 1024


def check_size(unit: Unit, size: int, *, picture: bool) -> None:
    """Raises UploadEmpty, UploadTooLarge."""
    if size <= 0:
        raise UploadEmpty()
    if size > largest(unit, picture=picture):
        raise UploadTooLarge(kilobytes=largest(unit, picture=picture) // 1024)
