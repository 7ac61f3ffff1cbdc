"""A browser without scripts: keeps cookies, reads pages, fills in forms and sends them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lxml import html

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Page:
    """An answer with its document."""

    def __init__(self, path: str, response: Response) -> None:
        self.path = path
        self.response = response
        self.status = response.status
        self.headers = response.headers
        self.text = response.text
        self.tree: Any = html.document_fromstring(response.body) if response.body else None

    def find(self, xpath: str) -> list[Any]:
        return list(self.tree.xpath(xpath))

    def words(self, xpath: str = "//main") -> str:
        """The visible words under an element, with single spaces."""
        found = self.find(xpath)
        assert found, f"{xpath} is not on {self.path}:\n{self.text[:2000]}"
        return " ".join(" ".join(each.text_content().split()) for each in found)

    @property
    def heading(self) -> str:
        return self.words("//h1")

    def links(self) -> list[str]:
        return [str(href) for href in self.find("//a/@href")]

    def form(self, action: str) -> Any:
        found = [each for each in self.tree.forms if each.get("action") == action]
        assert found, f"no form is sent to {action}: {[each.get('action') for each in self.tree.forms]}"
        return found[0]


class Browser:
    """One person at one browser."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.cookies: dict[str, str] = {}

    def open(self, path: str, *, follow: bool = True) -> Page:
        return self._ask("GET", path, follow=follow)

    def post(self, path: str, fields: dict[str, str], *, follow: bool = True) -> Page:
        return self._ask("POST", path, form=fields, follow=follow)

    def send(self, page: Page, action: str, *, follow: bool = True, **typed: str) -> Page:
        """Sends a form of the page with what stands in it, changed by what was typed."""
        form = page.form(action)
        fields = {str(name): str(value) for name, value in form.form_values()}
        unknown = set(typed) - set(form.fields.keys())
        assert not unknown, f"the form has no fields {unknown}"
        return self._ask("POST", action, form={**fields, **typed}, follow=follow)

    def press(self, page: Page, formaction: str) -> Page:
        """Presses a button that sends its form to another address."""
        button = page.find(f"//button[@formaction='{formaction}']")[0]
        form = page.find(f"//form[@id='{button.get('form')}']")[0]
        return self._ask("POST", formaction, form={str(name): str(value) for name, value in form.form_values()})

    def log_in(self, username: str, password: str) -> Page:
        return self.send(self.open("/login"), "/login", login=username, password=password)

    def _ask(self, method: str, path: str, *, form: dict[str, str] | None = None, follow: bool = True) -> Page:
        headers = {"accept": HTML}
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.forum.request(method, path, form=form, headers=headers)
        for name, value in response.header_list:
            if name == "set-cookie":
                self._keep(value)
        location = response.headers.get("location")
        if follow and location and response.status in (301, 302, 303):
            parts = urlsplit(location)
            assert not parts.netloc, f"sent away to {location}"
            return self._ask("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return Page(path, response)

    def _keep(self, cookie: str) -> None:
        pair, *flags = cookie.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in flags:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
