"""What becomes of a picture: camera data goes, the right way up, smaller ones, and nothing hostile is decoded."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from tertulia.forum.uploads.containers import bare, count_gif_frames
from tertulia.forum.uploads.drawings import NotDrawing, clean_drawing
from tertulia.forum.uploads.naming import base62, clean_filename, find_names, from_base62, parse_url
from tertulia.forum.uploads.pictures import TooManyPixels, Unreadable, Wish, fit, make_picture, square
from tests.uploading import animated, bomb, picture, with_exif

WISH = Wish(most_pixels=40_000_000, box=(690, 500))
# Pairs that real forums show (source: their posts' `src` and `data-base62-sha1`).
REAL = [
    ("87b5c28ae71e3dfccfd6720c172606903048d0bb", "jmxSoBA40gAmPCtFPr1WGPwQFHJ"),
    ("3f965ab5ce9d1c4fa16736baceee46202bf369fa", "94wddZRYownrwXASsEmo4TbTVoK"),
]


@pytest.mark.parametrize(("sha1", "letters"), REAL)
def test_short_addresses_are_spelled_as_real_forums_spell_them(sha1: str, letters: str) -> None:
    assert base62(sha1) == letters and from_base62(letters) == sha1


@pytest.mark.parametrize("text", ["", "a" * 28, "-", "a b", "Z" * 27, "é"])
def test_letters_that_stand_for_no_hash_are_none(text: str) -> None:
    assert from_base62(text) is None


def test_addresses_of_every_form_are_found_in_a_text() -> None:
    sha1, letters = REAL[0]
    text = f"![a](upload://{letters}.png) /uploads/default/optimized/3X/8/7/{REAL[1][0]}_2_690x315.png"
    assert find_names(text) == [sha1, REAL[1][0]]
    assert parse_url(f"https://cdn.example/x/original/3X/8/7/{sha1}.png?a=1") == sha1
    assert parse_url("https://example.org/" + "a" * 2000) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_data_goes_and_the_picture_stands_upright(kind: str) -> None:
    data = with_exif((60, 20), orientation=6, kind=kind)
    assert b"SecretCamera" in data
    made = make_picture(data, {"JPEG": "jpg"}.get(kind, kind.lower()), wish=WISH)
    assert b"SecretCamera" not in made.data and (made.width, made.height) == (20, 60)
    image = Image.open(io.BytesIO(made.data))
    assert image.size == (20, 60) and not dict(image.getexif())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_stands_upright_keeps_every_pixel(kind: str) -> None:
    data = with_exif((60, 20), orientation=1, kind=kind)
    made = make_picture(data, {"JPEG": "jpg"}.get(kind, kind.lower()), wish=WISH)
    assert b"SecretCamera" not in made.data
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(made.data))
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_avif_loses_camera_data_too() -> None:
    made = make_picture(with_exif((64, 32), orientation=1, kind="AVIF"), "avif", wish=WISH)
    assert b"SecretCamera" not in made.data and Image.open(io.BytesIO(made.data)).size == (64, 32)


def test_the_colour_profile_stays() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind, name in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        made = make_picture(picture(kind, icc_profile=profile), name, wish=WISH)
        assert Image.open(io.BytesIO(made.data)).info["icc_profile"] == profile


@pytest.mark.parametrize(("kind", "name"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png")])
def test_animations_stay_animations(kind: str, name: str) -> None:
    made = make_picture(animated(4, kind=kind), name, wish=WISH)
    assert made.animated and Image.open(io.BytesIO(made.data)).n_frames == 4
    assert made.small == ()


@pytest.mark.parametrize(("kind", "name"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")])
def test_what_hangs_behind_a_picture_goes(kind: str, name: str) -> None:
    evil = b"<html><script>alert(1)</script>PK\x03\x04"
    kept = bare(picture(kind) + evil, name)
    assert kept is not None and b"script" not in kept
    assert Image.open(io.BytesIO(kept)).size == (40, 30)


def test_comments_in_a_gif_go_and_its_frames_are_counted() -> None:
    out = io.BytesIO()
    Image.new("P", (5, 5)).save(out, "GIF", comment=b"<script>alert(1)</script>")
    kept = bare(out.getvalue(), "gif")
    assert kept is not None and b"script" not in kept and count_gif_frames(kept) == 1


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "webp"])
def test_no_broken_container_raises(kind: str) -> None:
    whole = {"png": picture(), "jpg": picture("JPEG"), "gif": animated(), "webp": picture("WEBP")}[kind]
    for end in range(len(whole)):
        bare(whole[:end], kind)
    for at in range(0, len(whole), 3):
        bare(whole[:at] + b"\xff" + whole[at + 1 :], kind)


def test_a_bomb_is_never_decoded() -> None:
    with pytest.raises(TooManyPixels):
        make_picture(bomb(), "png", wish=WISH)
    with pytest.raises(TooManyPixels):
        make_picture(bomb(2**31 - 1, 2**31 - 1), "png", wish=WISH)


@pytest.mark.parametrize("name", ["png", "jpg", "gif", "webp", "avif"])
def test_another_kind_than_claimed_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        make_picture(b"nothing of the sort" * 10, name, wish=WISH)


def test_smaller_pictures_come_for_finer_screens_too() -> None:
    made = make_picture(picture(size=(1500, 900)), "png", wish=WISH)
    assert [(each.width, each.height) for each in made.small] == [(690, 414), (1035, 621), (1380, 828)]
    assert Image.open(io.BytesIO(made.small[0].data)).size == (690, 414)
    assert make_picture(picture(size=(690, 500)), "png", wish=WISH).small == ()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16", "CMYK"])
def test_pictures_of_every_mode_get_smaller_ones(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = make_picture(picture(kind, (900, 600), colour=0 if mode not in ("RGBA", "LA", "CMYK") else None, mode=mode),
                        "jpg" if mode == "CMYK" else "png", wish=WISH)  # fmt: skip
    assert len(made.small) == 1 and len(made.dominant_color) == 6


def test_a_pasted_picture_becomes_a_jpeg_unless_it_is_see_through() -> None:
    wish = Wish(most_pixels=1_000_000, box=(690, 500), as_jpeg=True)
    assert make_picture(picture(), "png", wish=wish).extension == "jpeg"
    assert make_picture(picture(mode="RGBA", colour=(1, 2, 3, 4)), "png", wish=wish).extension == "png"


def test_sizes_keep_their_proportion_and_never_reach_nothing() -> None:
    assert fit((1000, 2000), (690, 500)) == (250, 500)
    assert fit((30_000, 1), (690, 500)) == (690, 1)


def test_a_square_is_cut_from_the_middle() -> None:
    data, kind = square(picture(size=(300, 100)), 48)
    assert kind == "image/png" and Image.open(io.BytesIO(data)).size == (48, 48)


# -- drawings ---------------------------------------------------------------------------------------
_SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = f"<svg {_SPACES} width='120' height='60'>{{}}</svg>"


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<g onload='alert(1)'/>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<image href='https://evil.example/track.png'/>",
        "<use href='https://evil.example/a.svg#x'/>",
        "<use xlink:href='data:image/svg+xml;base64,AAAA'/>",
        "<style>@import url(https://evil.example/a.css)</style>",
        "<rect style='fill:url(https://evil.example/a)'/>",
        "<rect fill='url(//evil.example/a)'/>",
        "<rect style='fill:\\75rl(https://evil.example)'/>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<handler xmlns='http://www.w3.org/2001/xml-events'>alert(1)</handler>",
        "<?xml-stylesheet href='https://evil.example/a.css'?>",
        "<!-- alert(1) evil.example -->",
    ],
)
def test_nothing_in_a_drawing_runs_or_leads_outside(evil: str) -> None:
    cleaned, width, height = clean_drawing(SVG.format(evil + "<rect width='5' height='5' fill='red'/>").encode())
    text = cleaned.decode().lower()
    assert (width, height) == (120, 60) and 'fill="red"' in text
    for word in ("alert", "evil.example", "javascript", "onload", "import", "data:", "base64"):
        assert word not in text


def test_a_drawing_keeps_what_it_is_made_of() -> None:
    inner = "<defs><linearGradient id='g'><stop offset='0' stop-color='#fff'/></linearGradient></defs>"
    inner += "<path d='M0 0L5 5' fill='url(#g)' style='stroke:red;stroke-width:2'/><use href='#g'/>"
    cleaned = clean_drawing(SVG.format(inner).encode())[0].decode()
    for kept in ('fill="url(#g)"', 'style="stroke:red;stroke-width:2"', 'href="#g"', "linearGradient"):
        assert kept in cleaned


@pytest.mark.parametrize(
    "content",
    [
        b"not xml",
        b"<html></html>",
        b"<svg/>",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        SVG.format("<g>" * 300 + "</g>" * 300).encode(),
        SVG.format("<g/>" * 30_000).encode(),
        SVG.format(
            '<g id="a0"><rect/></g>'
            + "".join(f'<g id="a{n}"><use href="#a{n - 1}"/><use href="#a{n - 1}"/></g>' for n in range(1, 19))
        ).encode(),
        SVG.format("".join(f'<g id="b{n}"><use href="#b{n + 1}"/></g>' for n in range(30))).encode(),
        SVG.format('<g id="c"><use href="#c"/></g>').encode(),
    ],
)
def test_what_is_no_plain_drawing_is_refused(content: bytes) -> None:
    with pytest.raises(NotDrawing):
        clean_drawing(content)


def test_a_part_may_be_used_as_often_as_drawings_need() -> None:
    inner = '<g id="leaf"><path d="M0 0"/></g><g id="twig"><use href="#leaf"/></g>' + '<use href="#twig"/>' * 500
    assert clean_drawing(SVG.format(inner).encode())[0].count(b"#twig") == 500


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpg", b"\xff\xd8" + b"\xff\xda\x00\x02" * 1_000_000),
        ("jpg", b"\xff\xd8" + b"\xff" * 4_000_000),
        ("png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0abcd\0\0\0\0" * 350_000),
        ("webp", b"RIFF\xff\xff\xff\x00WEBP" + b"abcd\0\0\0\0" * 500_000),
    ],
    ids=["segments", "filling", "chunks", "pieces"],
)
def test_a_container_of_countless_pieces_is_broken_and_costs_little(kind: str, data: bytes) -> None:
    began = time.process_time()
    assert bare(data, kind) is None
    assert time.process_time() - began < 0.3


def test_a_long_scan_is_read_at_once_and_whole() -> None:
    scan = b"\xff\xda\x00\x02" + b"\xff\x00\xff\xd3" * 1_000_000
    began = time.process_time()
    assert bare(b"\xff\xd8" + scan + b"\xff\xff\xd9behind", "jpg") == b"\xff\xd8" + scan + b"\xff\xff\xd9"
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("name", "kept"), [("", "file"), ("..", "file"), ("/a/b/c.txt", "c.txt"), ("a\0b.txt", "ab.txt")]
)
def test_file_names_are_names(name: str, kept: str) -> None:
    assert clean_filename(name) == kept
    assert len(clean_filename("x" * 5000 + ".png")) <= 200
