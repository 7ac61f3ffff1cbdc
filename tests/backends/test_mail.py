"""Mails: what is refused before it is sent, what goes over the wire, and what an SMTP server makes of it."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from tertulia.backends.choosing import make_mailer
from tertulia.backends.local import SystemClock
from tertulia.backends.mail.base import MOST_CHARACTERS, Mail, MailInvalid, MailRefused, check_mail, is_address
from tertulia.backends.mail.captured import CapturedMailer
from tertulia.backends.mail.composing import compose
from tertulia.backends.mail.nowhere import NowhereMailer
from tertulia.backends.mail.smtp import SmtpMailer, SmtpServer
from tertulia.settings import load

pytestmark = pytest.mark.anyio


def mail(**changed: object) -> Mail:
    fields = {"to": "mary@example.org", "sender": "noreply@forum.example", "subject": "Hello", "text": "A text.\n"}
    return Mail(**{**fields, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "mary@example.org\r\nBcc: eve@example.org"},
        {"to": "mary@example.org, eve@example.org"},
        {"to": "Mary <mary@example.org>"},
        {"to": '"a b"@example.org'},
        {"to": "märy@example.org"},
        {"to": "mary@example..org"},
        {"to": "mary"},
        {"to": ""},
        {"to": "m" * 65 + "@example.org"},
        {"sender": "noreply@forum.example\nBcc: eve@example.org"},
        {"sender_name": "Forum\r\nBcc: eve@example.org"},
        {"subject": "Hello\r\nBcc: eve@example.org"},
        {"subject": "Hello\u2028there"},
        {"subject": " "},
        {"subject": "s" * 501},
        {"text": "a\0b"},
        {"text": "t" * (MOST_CHARACTERS + 1)},
        {"html": "t" * (MOST_CHARACTERS + 1)},
        {"headers": (("Bcc", "eve@example.org"),)},
        {"headers": (("to", "eve@example.org"),)},
        {"headers": (("X-A: b\r\nBcc", "eve@example.org"),)},
        {"headers": (("X-A", "b\nBcc: eve@example.org"),)},
        {"headers": (("X-A", "b" * 901),)},
        {"headers": (("X-A", "b"),) * 21},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_what_could_smuggle_a_header_in_or_is_out_of_bounds_is_not_sent(changed: dict[str, object]) -> None:
    mailer = CapturedMailer()
    with pytest.raises(MailInvalid):
        await mailer.send(mail(**changed))
    assert mailer.sent == []


@pytest.mark.parametrize("address", ["mary@example.org", "m.a+tag@sub.example.org", "x_1@localhost"])
def test_an_ordinary_address_is_one(address: str) -> None:
    assert is_address(address)


async def test_a_message_carries_what_the_mail_says_and_says_that_a_program_wrote_it() -> None:
    made = mail(
        sender_name='Marys "Forum", GmbH', subject="Grüße", text="Zeile\n", html="<p>Zeile</p>", headers=(("X-A", "b"),)
    )
    check_mail(made)
    read = email.message_from_bytes(compose(made, now=1_700_000_000_000).as_bytes(), policy=email.policy.default)
    assert read["From"].addresses[0].display_name == 'Marys "Forum", GmbH'
    assert [str(each) for each in read["To"].addresses] == ["mary@example.org"]
    assert (read["Subject"], read["X-A"], read["Auto-Submitted"]) == ("Grüße", "b", "auto-generated")
    assert read["Date"].datetime.timestamp() == 1_700_000_000
    assert read["Message-ID"].endswith("@forum.example>")
    assert read.get_body(("plain",)).get_content().strip() == "Zeile"
    assert "<p>Zeile</p>" in read.get_body(("html",)).get_content()


async def test_without_a_server_mail_is_lost_and_the_log_says_so_without_the_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mailer = make_mailer(load({}, environ={}).process, clock=SystemClock())
    assert isinstance(mailer, NowhereMailer)
    with caplog.at_level(logging.WARNING, "tertulia.mail"):
        await mailer.send(mail(text="https://forum.example/u/password-reset/secret\n"))
    assert "smtp_address" in caplog.text
    assert "secret" not in caplog.text and "mary" not in caplog.text


async def test_the_settings_of_the_seed_choose_the_server() -> None:
    environ = {
        "DISCOURSE_SMTP_ADDRESS": "mx.example.org",
        "DISCOURSE_SMTP_PORT": "465",
        "DISCOURSE_SMTP_FORCE_TLS": "true",
        "DISCOURSE_SMTP_USER_NAME": "forum",
        "DISCOURSE_SMTP_PASSWORD": "secret",
    }
    mailer = make_mailer(load({}, environ=environ).process, clock=SystemClock())
    assert isinstance(mailer, SmtpMailer)
    assert mailer.server == SmtpServer(
        address="mx.example.org", port=465, username="forum", password="secret", encryption="tls"
    )


class MailServer:
    """Speaks enough SMTP to take a mail, to ask for a password, and to refuse."""

    def __init__(self) -> None:
        self.port = 0
        self.lines: list[str] = []
        self.message = b""
        self.answer_to_recipient = "250 ok"
        self.offers = ["AUTH PLAIN"]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(*lines: str) -> None:
            writer.write("".join(f"{line}\r\n" for line in lines).encode())

        say("220 mx.test")
        while line := (await reader.readline()).decode().strip():
            self.lines.append(line)
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                say("250-mx.test", *(f"250-{offer}" for offer in self.offers), "250 8BITMIME")
            elif verb == "RCPT":
                say(self.answer_to_recipient)
            elif verb == "AUTH":
                say("235 welcome")
            elif verb == "DATA":
                say("354 go on")
                self.message = await reader.readuntil(b"\r\n.\r\n")
                say("250 taken")
            else:
                say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    break
        writer.close()

    def mailer(self, **options: object) -> SmtpMailer:
        settings = {"address": "127.0.0.1", "port": self.port, "encryption": "none", "timeout_seconds": 10}
        return SmtpMailer(SmtpServer(**{**settings, **options}), clock=SystemClock())  # type: ignore[arg-type]


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    made = MailServer()
    listening = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()


async def test_a_mail_is_handed_to_the_server_for_its_one_recipient(server: MailServer) -> None:
    await server.mailer().send(mail(text="Grüße\n.\nEnde\n"))
    assert [line.split(" ")[0] for line in server.lines if line.startswith(("MAIL", "RCPT"))] == ["MAIL", "RCPT"]
    assert any("<mary@example.org>" in line for line in server.lines if line.startswith("RCPT"))
    read = email.message_from_bytes(server.message[:-5], policy=email.policy.default)
    assert read["To"] == "mary@example.org"
    assert "Ende" in read.get_content().replace("..", ".")


async def test_a_username_logs_in(server: MailServer) -> None:
    await server.mailer(username="forum", password="secret").send(mail())
    said = next(line for line in server.lines if line.startswith("AUTH PLAIN"))
    assert base64.b64decode(said.split(" ")[2]) == b"\0forum\0secret"


async def test_what_should_be_encrypted_is_never_sent_in_the_open(server: MailServer) -> None:
    with pytest.raises(Exception, match=r"(?i)starttls|tls"):
        await server.mailer(encryption="starttls", username="forum", password="secret").send(mail())
    assert server.message == b""
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.lines)


@pytest.mark.parametrize(
    ("answer", "is_final"), [("550 no such mailbox", True), ("451 come back later", False)], ids=["for good", "for now"]
)
async def test_a_refused_recipient_is_given_up_only_when_the_server_means_it(
    server: MailServer, answer: str, is_final: bool
) -> None:
    server.answer_to_recipient = answer
    with pytest.raises(Exception) as caught:
        await server.mailer().send(mail())
    assert isinstance(caught.value, MailRefused) is is_final


async def test_a_server_that_is_not_there_is_worth_another_attempt(unused: Callable[[], int]) -> None:
    mailer = SmtpMailer(SmtpServer(address="127.0.0.1", port=unused(), encryption="none"), clock=SystemClock())
    with pytest.raises(Exception) as caught:
        await mailer.send(mail())
    assert not isinstance(caught.value, MailInvalid | MailRefused)
