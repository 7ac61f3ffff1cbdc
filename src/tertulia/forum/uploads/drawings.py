"""SVG, cleaned: shapes, text, gradients and filters stay; whatever could run, load or leave the drawing goes.

An allowlist of elements and attributes; references lead to the drawing's own parts only. Still served as a download
in a sandbox: two locks are better than one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tertulia.forum.cooking.allowlist import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_MOST_ELEMENTS = 20_000
_DEEPEST = 100
_MOST_SHOWN = 50_000  # elements, each counted as often as it is used: a few lines can stand for billions
_LONGEST_CHAIN = 20  # of parts that use parts
_ELEMENTS = words(
    """
    svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath
    linearGradient radialGradient stop clipPath mask pattern marker filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence feDistantLight switch
    """
)
_ATTRIBUTES = words(
    """
    id class version viewBox preserveAspectRatio x y x1 x2 y1 y2 cx cy r rx ry fx fy fr dx dy d points
    width height transform gradientTransform gradientUnits spreadMethod patternUnits patternTransform
    patternContentUnits clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight
    refX refY orient offset pathLength rotate textLength lengthAdjust startOffset method spacing
    filterUnits primitiveUnits in in2 result mode type values operator k1 k2 k3 k4 order kernelMatrix
    divisor bias targetX targetY edgeMode preserveAlpha surfaceScale diffuseConstant specularConstant
    specularExponent scale xChannelSelector yChannelSelector stdDeviation radius baseFrequency numOctaves
    seed stitchTiles azimuth elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle tableValues
    slope intercept amplitude exponent fill fill-opacity fill-rule stroke stroke-width stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity opacity color
    stop-color stop-opacity clip-path clip-rule mask filter flood-color flood-opacity lighting-color
    marker-start marker-mid marker-end font-family font-size font-style font-weight font-stretch font-
    variant text-anchor text-decoration dominant-baseline alignment-baseline baseline-shift letter-
    spacing word-spacing writing-mode display visibility overflow paint-order vector-effect shape-
    rendering text-rendering color-interpolation-filters mix-blend-mode
    """
)
_PLAIN = re.compile(r"[^\\<>@&;{}]*")
_URL = re.compile(r"url\(\s*['\"]?#[\w.-]{1,200}['\"]?\s*\)", re.IGNORECASE)
_OWN_PART = re.compile(r"#[\w.:-]{1,200}")
_LENGTH = re.compile(r"\s*([0-9]{1,5}(?:\.[0-9]{0,6})?)\s*(?:px)?\s*")
_DEFAULT_SIDE = 512


class NotDrawing(Exception):
    """The file is no SVG, or holds a document type with declarations, or is too complicated."""


def clean_drawing(data: bytes) -> tuple[bytes, int, int]:
    """The drawing with only what it may hold, and its width and height. Raises NotDrawing."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise NotDrawing("not well formed") from problem
    if root.tag != f"{{{_SVG}}}svg":
        raise NotDrawing("its root is no svg")
    document = root.getroottree().docinfo
    if document.internalDTD is not None and any(True for _ in document.internalDTD.iterentities()):
        raise NotDrawing("it declares entities")
    _clean(root)
    _count_shown(root, {}, chain=0)
    width, height = _size(root)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, with_tail=False), width, height


def _clean(root: Element) -> None:
    waiting, seen = [(root, 1)], 0
    while waiting:
        element, depth = waiting.pop()
        seen += 1
        if seen > _MOST_ELEMENTS or depth > _DEEPEST:
            raise NotDrawing("too complicated")
        _clean_attributes(element)
        for child in list(element):
            space, _, name = child.tag.rpartition("}") if isinstance(child.tag, str) else ("", "", "")
            if space == f"{{{_SVG}" and name in _ELEMENTS:
                waiting.append((child, depth + 1))
            else:
                element.remove(child)


def _count_shown(element: Element, known: dict[str, int], *, chain: int) -> int:
    """How many elements are drawn for this one. `known`: the same for the parts that were counted already."""
    if chain > _LONGEST_CHAIN:
        raise NotDrawing("too complicated")
    root, shown = element.getroottree().getroot(), 0
    for each in element.iter():
        shown += 1
        target = str(each.get("href") or each.get(_XLINK) or "#")[1:] if each.tag == f"{{{_SVG}}}use" else ""
        if target and target not in known:
            parts = root.xpath("//*[@id=$target]", target=target)
            known[target] = _count_shown(parts[0], known, chain=chain + 1) if parts else 0
        shown += known.get(target, 0)
        if shown > _MOST_SHOWN:
            raise NotDrawing("too complicated")
    return shown


def _clean_attributes(element: Element) -> None:
    for name, value in list(element.attrib.items()):
        if name in ("href", _XLINK):
            kept = _OWN_PART.fullmatch(str(value).strip()) is not None
        elif name == "style":
            element.attrib[name] = _style(str(value))
            kept = bool(element.attrib[name])
        else:
            kept = name in _ATTRIBUTES and _is_plain(str(value))
        if not kept:
            del element.attrib[name]


def _style(text: str) -> str:
    parts = (part.partition(":") for part in text.split(";"))
    kept = [(name.strip(), value.strip()) for name, _, value in parts if name.strip() in _ATTRIBUTES]
    return ";".join(f"{name}:{value}" for name, value in kept if _is_plain(value))


def _is_plain(value: str) -> bool:
    """No escape, no markup, and no function that leads anywhere but to the drawing's own parts."""
    rest = _URL.sub("", value)
    lowered = rest.lower()
    forbidden = ("url", "expression", "javascript", "import", "image(", "image-set", "data:", "src(")
    return _PLAIN.fullmatch(rest) is not None and not any(word in lowered for word in forbidden)


def _size(root: Element) -> tuple[int, int]:
    given = [_LENGTH.fullmatch(str(root.get(name, ""))) for name in ("width", "height")]
    if given[0] and given[1]:
        return max(1, round(float(given[0][1]))), max(1, round(float(given[1][1])))
    box = re.split(r"[\s,]+", str(root.get("viewBox", "")).strip())
    if len(box) == 4 and all(re.fullmatch(r"-?[0-9]{1,5}(\.[0-9]{1,6})?", each) for each in box):
        return max(1, round(abs(float(box[2])))), max(1, round(abs(float(box[3]))))
    return _DEFAULT_SIDE, _DEFAULT_SIDE
