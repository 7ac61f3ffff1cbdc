"""Site settings about uploads: what may be uploaded, how large, what is made of it, when it goes.

A link of the chain that `site_basics.py` begins. Names and defaults are the upstream's.
Read next: `site_posting.py`, the next link; `forum/uploads` applies these.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from tertulia.settings.knob import Knob
from tertulia.settings.site_people import RegularSettings


class UploadSettings(RegularSettings, frozen=True, kw_only=True):
    """What may be uploaded, by whom, and how long what nobody uses is kept."""

    category: ClassVar[str] = "files"

    max_image_size_kb: Annotated[
        int, Knob("Largest picture that may be uploaded, in kB; `max_body_bytes` bounds it too.", 0, 10_485_760)
    ] = 4096
    max_attachment_size_kb: Annotated[
        int, Knob("Largest other file that may be uploaded, in kB; `max_body_bytes` bounds it too.", 0, 10_485_760)
    ] = 4096
    max_image_megapixels: Annotated[int, Knob("Most pixels of a picture, in millions.", 5, 100)] = 40
    authorized_extensions: Annotated[
        tuple[str, ...], Knob("Endings of files that may be uploaded, separated by |; * for all.")
    ] = ("jpg", "jpeg", "png", "gif", "heic", "heif", "webp", "avif")
    authorized_extensions_for_staff: Annotated[
        tuple[str, ...], Knob("Further endings of files that staff may upload, separated by |; * for all.")
    ] = ()
    max_uploads_per_minute: Annotated[int, Knob("Most uploads of one user in a minute; staff are exempt.", 1)] = 60
    newuser_max_attachments: Annotated[int, Knob("Most attached files in a post by a new user.", 0)] = 0
    max_image_width: Annotated[int, Knob("Width up to which posts show a picture as it is.", 10, 4096)] = 690
    max_image_height: Annotated[int, Knob("Height up to which posts show a picture as it is.", 10, 4096)] = 500
    create_thumbnails: Annotated[bool, Knob("Make smaller pictures of those that are too large for a post.")] = True
    strip_image_metadata: Annotated[
        bool, Knob("Take out of pictures what cameras write into them: place, time, device.")
    ] = True
    uploaded_avatars_allowed_groups: Annotated[
        tuple[str, ...], Knob("Ids of the groups whose members may upload an avatar, separated by |; staff always may.")
    ] = ("10",)
    prevent_anons_from_downloading_files: Annotated[
        bool, Knob("Only people who are logged in may fetch files that are no pictures.")
    ] = False
    clean_up_uploads: Annotated[bool, Knob("Delete uploads that no post, avatar or profile uses.")] = True
    clean_orphan_uploads_grace_period_hours: Annotated[
        int, Knob("Hours for which an upload is kept although nothing uses it.", 1, 87_600)
    ] = 48
