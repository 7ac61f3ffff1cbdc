"""Files that the original's composer sends: each is kept, and its address answered."""

from __future__ import annotations

from tertulia.dialects.nodebb.wire import envelope
from tertulia.forum.uploads.creating import create_upload
from tertulia.http.bodies import UploadedFile
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterMissing
from tertulia.model.uploads import COMPOSER, CreateUpload

_MOST = 1  # a unit writes once, and keeping a second file would wait for the outside after that


async def upload(call: Call) -> Answer:
    """`files` or `files[]`: one file a request, as the composer sends them."""
    files = [each for each in call.parameters.items("files") if isinstance(each, UploadedFile)][:_MOST]
    if not files:
        raise ParameterMissing(name="files")
    images = []
    for file in files:
        command = CreateUpload(purpose=COMPOSER, filename=file.filename, size=file.size, file=file.file)
        view = await create_upload(call.unit, command)
        images.append({"url": view.url, "name": view.upload.original_filename})
    return envelope({"images": images})
