"""Looking into pictures and making smaller ones, with Pillow, which is loaded with the first picture.

Everything here is bounded by the header, before a pixel is decoded, and is to be run in a thread.
Read next: `containers.py`, which takes camera data out.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from tertulia.forum.uploads.containers import bare, count_gif_frames

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
_MOST_FRAMES_FACTOR = 20  # all frames together may have so many times the pixels of one picture
_MOST_SIDE = 30_000
_JPEG_QUALITY = 90
_SMALL_QUALITY = 85
_LARGER = (1, 1.5, 2)  # source: upstream's sizes for finer screens
_ORIENTATION = 0x0112


class Unreadable(Exception):
    """The file begins as a picture and is none, or one that cannot be decoded here."""


class TooManyPixels(Exception):
    """The picture, or all its frames together, would be larger in memory than is allowed."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made of a picture: bounds in pixels, and the box that posts show it in."""

    most_pixels: int
    box: tuple[int, int]
    strip: bool = True
    as_jpeg: bool = False
    thumbnails: bool = True


class Small(msgspec.Struct, frozen=True):
    """A smaller picture."""

    width: int
    height: int
    extension: str
    data: bytes


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as it is kept; `shown` is its size in a post."""

    data: bytes
    extension: str
    width: int
    height: int
    shown: tuple[int, int]
    animated: bool
    dominant_color: str
    small: tuple[Small, ...]


def make_picture(data: bytes, kind: str, *, wish: Wish) -> Picture:
    """The picture without camera data and the right way up, with its smaller ones. Raises Unreadable, TooManyPixels."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _make(data, kind, wish)
        except Image.DecompressionBombError:
            raise TooManyPixels from None
        except (TooManyPixels, Unreadable, MemoryError):
            raise
        # Decoders raise whatever hostile bytes lead them to.
        except Exception as problem:
            raise Unreadable(type(problem).__name__) from problem


def _make(data: bytes, kind: str, wish: Wish) -> Picture:
    image = _open(data, kind, wish)
    size = image.size
    kept = bare(data, kind)
    if kept is None:
        raise Unreadable("its container is broken")
    animated = _is_animated(image, kept, kind, wish)
    turned = 1 if animated else int(image.getexif().get(_ORIENTATION, 1) or 1)
    image.load()
    extension = kind
    if turned != 1:
        from PIL import ImageOps

        image = ImageOps.exif_transpose(image)
        size = image.size
    if wish.as_jpeg and not animated and kind == "png" and not _is_clear(image):
        kept, extension = _encoded(image, "jpg", quality=_JPEG_QUALITY), "jpeg"
    elif not wish.strip:
        kept = data
    elif turned != 1 or (kind == "avif" and not animated and len(image.getexif())):
        kept = _encoded(image, kind, quality=_JPEG_QUALITY)
    shown = fit(size, wish.box)
    larger = wish.thumbnails and not animated and shown != size
    return Picture(
        data=kept,
        extension=extension,
        width=size[0],
        height=size[1],
        shown=shown,
        animated=animated,
        dominant_color=_dominant(image),
        small=_smaller(image, "jpg" if extension == "jpeg" else kind, shown) if larger else (),
    )


def fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The size in a box, in proportion; what fits already stays."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def square(data: bytes, side: int) -> tuple[bytes, str]:
    """The middle of a picture as a square of `side` pixels, and its content type: what avatars are made of.

    The data must be what was kept. Raises Unreadable."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image: Image.Image = Image.open(io.BytesIO(data), formats=list(_FORMATS.values()))
            image.draft("RGB", (side * 2, side * 2))
            image = image.convert("RGBA" if _is_clear(image) else "RGB")
            image = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            image.save(out, "PNG")
    except Exception as problem:  # as above
        raise Unreadable(type(problem).__name__) from problem
    return out.getvalue(), "image/png"


def _open(data: bytes, kind: str, wish: Wish) -> Image:
    from PIL import Image

    image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    width, height = image.size
    if not width or not height:
        raise Unreadable("it has no size")
    if width * height > wish.most_pixels or max(width, height) > _MOST_SIDE:
        raise TooManyPixels
    return image


def _is_animated(image: Image, kept: bytes, kind: str, wish: Wish) -> bool:
    frames = count_gif_frames(kept) if kind == "gif" else int(getattr(image, "n_frames", 1))
    if kind == "jpg":  # several pictures in one file, of which the first is shown
        return False
    if frames * image.size[0] * image.size[1] > wish.most_pixels * _MOST_FRAMES_FACTOR:
        raise TooManyPixels
    return frames > 1


def _is_clear(image: Image) -> bool:
    """Whether parts of it may be transparent."""
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _encoded(image: Image, kind: str, *, quality: int) -> bytes:
    profile = image.info.get("icc_profile")
    if kind == "jpg" and image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    out = io.BytesIO()
    options: dict[str, object] = {} if kind == "png" else {"quality": quality}
    with suppress(KeyError):
        del image.info["exif"]
    image.save(out, _FORMATS[kind], icc_profile=profile if isinstance(profile, bytes) else None, exif=b"", **options)
    return out.getvalue()


def _dominant(image: Image) -> str:
    """The mean colour as six hexadecimal digits (source: upstream scales the picture to one pixel)."""
    small = image.convert("RGBA" if _is_clear(image) else "RGB").reduce(max(1, min(image.size) // 64))
    red, green, blue = small.convert("RGB").resize((1, 1), 4).tobytes()[:3]
    return f"{red:02X}{green:02X}{blue:02X}"


def _smaller(image: Image, kind: str, shown: tuple[int, int]) -> tuple[Small, ...]:
    from PIL import Image as images

    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        image = image.convert("RGBA" if _is_clear(image) else "RGB")
    elif image.mode.startswith(("I", "F")):
        image = image.convert("L")
    made = []
    for factor in _LARGER:
        size = int(shown[0] * factor), int(shown[1] * factor)
        if size[0] > image.size[0] or size[1] > image.size[1]:
            break
        smaller = image.resize(size, images.Resampling.LANCZOS, reducing_gap=2.0)
        smaller.info = {"icc_profile": image.info.get("icc_profile")}
        kept_as = kind if kind in ("png", "jpg", "webp") else "png"
        data = _encoded(smaller, kept_as, quality=_SMALL_QUALITY)
        made.append(Small(size[0], size[1], kept_as, data))
    return tuple(made)
