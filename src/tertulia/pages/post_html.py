"""Sanitised HTML as a page shows it, for texts beside which no form is kept: biographies, descriptions, previews."""

from __future__ import annotations

from markupsafe import Markup

from tertulia.forum.page_forms.form import page_form


def post_html(cooked: str) -> Markup:
    """The HTML, safe to stand in a page: it was sanitised when it was stored."""
    return Markup(page_form(cooked))
