"""The parsed tree of cooked HTML, for tests that look at what a browser would see."""

from collections.abc import Iterator

from lxml import html as parser
from lxml.html import HtmlElement

from tertulia.forum.cooking import CookContext, cook


def tree_of(html: str) -> HtmlElement:
    """Return the parsed HTML under one `div`."""
    return parser.fragment_fromstring(html, create_parent="div")


def elements(html: str) -> Iterator[HtmlElement]:
    """Every element of the HTML."""
    return (node for node in tree_of(html).iter() if isinstance(node.tag, str))


def html_of(raw: str, context: CookContext | None = None) -> str:
    """Cook in a context that knows nothing, or in the one given."""
    return cook(raw, context=context or CookContext()).html
