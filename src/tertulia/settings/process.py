"""Settings that decide how a process runs: fixed from its start to its end.

They come from flag, environment, file or default, never from the database, which some of them lead to.
Read next: `site.py` for what an administrator may change while the forum runs, `loading.py` for the order.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec

from tertulia.settings.knob import Form, Knob, Network

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class PlaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the forum lies and what it connects to."""

    category: ClassVar[str] = "place"

    data: Annotated[Path, Knob("Directory that holds the forum.")] = Path("data")
    config: Annotated[str, Knob("TOML file to read; empty: `tertulia.toml` in the data directory.")] = ""
    database: Annotated[
        str,
        Knob(
            "Address of a PostgreSQL database; empty: SQLite in the data directory.",
            form=Form.ADDRESS,
            schemes=("postgresql", "postgres"),
        ),
    ] = ""
    redis: Annotated[
        str,
        Knob(
            "Redis or Valkey server on which processes share their limits; empty: each counts for itself.",
            form=Form.ADDRESS,
            schemes=("redis", "rediss", "unix"),
        ),
    ] = ""
    secret_key: Annotated[
        str,
        Knob(
            "Key that signs cookies and tokens; empty: the one that the forum's database keeps.",
            secret=True,
        ),
    ] = ""


class ServerSettings(PlaceSettings, frozen=True, kw_only=True):
    """How requests come in."""

    category: ClassVar[str] = "server"

    host: Annotated[str, Knob("Address to listen on.", 1, 255)] = "127.0.0.1"
    port: Annotated[int, Knob("Port to listen on; 0: any free one.", 0, 65_535)] = 4200
    base_url: Annotated[
        str,
        Knob(
            "The forum's own address as people type it, used in links; empty: taken from each request.",
            form=Form.ORIGIN,
        ),
    ] = ""
    trusted_proxies: Annotated[
        tuple[Network, ...],
        Knob("Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` tell the client's address and scheme."),
    ] = LOOPBACK
    max_body_bytes: Annotated[
        int, Knob("Largest body of a request, in bytes; more is refused.", 65_536, 10_737_418_240)
    ] = 10_485_760
    kept_answers_megabytes: Annotated[
        int,
        Knob("Memory of each process for answers and parts of answers that are given again; 0: none are.", 0, 65_536),
    ] = 64
    workers: Annotated[int, Knob("Server processes; more than one needs PostgreSQL.", 1, 256)] = 1
    worker: Annotated[bool, Knob("Run background jobs inside the server process.")] = True


class MailSettings(ServerSettings, frozen=True, kw_only=True):
    """How mail is sent."""

    category: ClassVar[str] = "mail"

    smtp_address: Annotated[
        str,
        Knob(
            "Host of the server that takes mail; empty: no mail is sent.",
            0,
            255,
            environment=("DISCOURSE_SMTP_ADDRESS",),
        ),
    ] = ""
    smtp_port: Annotated[int, Knob("Port of the mail server.", 1, 65_535, environment=("DISCOURSE_SMTP_PORT",))] = 587
    smtp_user_name: Annotated[
        str,
        Knob(
            "Name to log in to the mail server with; empty: nobody logs in.", environment=("DISCOURSE_SMTP_USER_NAME",)
        ),
    ] = ""
    smtp_password: Annotated[
        str, Knob("Password for the mail server.", environment=("DISCOURSE_SMTP_PASSWORD",), secret=True)
    ] = ""
    smtp_enable_start_tls: Annotated[
        bool,
        Knob("Encrypt the connection before anything is said.", environment=("DISCOURSE_SMTP_ENABLE_START_TLS",)),
    ] = True
    smtp_force_tls: Annotated[
        bool,
        Knob("Encrypt from the first byte, as on port 465.", environment=("DISCOURSE_SMTP_FORCE_TLS",)),
    ] = False
    smtp_openssl_verify_mode: Annotated[
        Literal["peer", "none"],
        Knob("Check the mail server's certificate, or do not.", environment=("DISCOURSE_SMTP_OPENSSL_VERIFY_MODE",)),
    ] = "peer"


class OutboundSettings(MailSettings, frozen=True, kw_only=True):
    """Which other servers the forum may ask."""

    category: ClassVar[str] = "outbound"

    allowed_internal_hosts: Annotated[
        tuple[str, ...],
        Knob(
            "Hosts that may be asked although their addresses are not public, separated by |: `name`, `name:port`, "
            "an address or a network such as `10.0.0.0/8`.",
            environment=("DISCOURSE_ALLOWED_INTERNAL_HOSTS",),
        ),
    ] = ()


class BlobSettings(OutboundSettings, frozen=True, kw_only=True):
    """Where uploads lie."""

    category: ClassVar[str] = "uploads"

    s3_bucket: Annotated[
        str,
        Knob(
            "Bucket that holds uploads; behind a slash, a folder in it. Empty: `uploads` in the data directory.",
            0,
            500,
            environment=("DISCOURSE_S3_BUCKET",),
        ),
    ] = ""
    s3_region: Annotated[str, Knob("Region of the bucket.", 1, 100, environment=("DISCOURSE_S3_REGION",))] = "us-east-1"
    s3_endpoint: Annotated[
        str,
        Knob(
            "Address of an S3-compatible service; empty: Amazon's.",
            form=Form.ORIGIN,
            environment=("DISCOURSE_S3_ENDPOINT",),
        ),
    ] = ""
    s3_access_key_id: Annotated[
        str,
        Knob(
            "Key that the service knows the forum by; empty: what the machine itself may use.",
            0,
            500,
            environment=("DISCOURSE_S3_ACCESS_KEY_ID",),
        ),
    ] = ""
    s3_secret_access_key: Annotated[
        str,
        Knob("Secret that belongs to that key.", environment=("DISCOURSE_S3_SECRET_ACCESS_KEY",), secret=True),
    ] = ""
    s3_cdn_url: Annotated[
        str,
        Knob(
            "Address under which browsers find the bucket; empty: pictures come through the forum.",
            form=Form.URL,
            environment=("DISCOURSE_S3_CDN_URL",),
        ),
    ] = ""


class LogSettings(BlobSettings, frozen=True, kw_only=True):
    """What the process says while it runs."""

    category: ClassVar[str] = "log"

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Knob("Least important kind of line that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["json", "text"], Knob("One JSON object a line for machines, or plain text for people.")
    ] = "json"


class AddressSettings(LogSettings, frozen=True, kw_only=True):
    """How much one address, or one person who is logged in, may ask."""

    category: ClassVar[str] = "limits"

    max_reqs_per_ip_per_minute: Annotated[
        int,
        Knob(
            "Requests that one address may make in 60 seconds.",
            1,
            environment=("DISCOURSE_MAX_REQS_PER_IP_PER_MINUTE",),
        ),
    ] = 200
    max_reqs_per_ip_per_10_seconds: Annotated[
        int,
        Knob(
            "Requests that one address may make in 10 seconds.",
            1,
            environment=("DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS",),
        ),
    ] = 50
    max_reqs_per_ip_mode: Annotated[
        Literal["block", "warn", "warn+block", "none"],
        Knob(
            "What happens to an address over its limit: refused, logged, both, or nothing.",
            environment=("DISCOURSE_MAX_REQS_PER_IP_MODE",),
        ),
    ] = "block"
    max_reqs_rate_limit_on_private: Annotated[
        bool,
        Knob(
            "Count requests from loopback and private addresses too.",
            environment=("DISCOURSE_MAX_REQS_RATE_LIMIT_ON_PRIVATE",),
        ),
    ] = False
    max_reqs_per_ip_exceptions: Annotated[
        tuple[Network, ...],
        Knob(
            "Networks whose requests are not counted.",
            environment=("DISCOURSE_MAX_REQS_PER_IP_EXCEPTIONS",),
        ),
    ] = ()
    max_asset_reqs_per_ip_per_10_seconds: Annotated[
        int,
        Knob(
            "Style sheets, avatars and emoji that one address may load in 10 seconds; they count nowhere else.",
            1,
            environment=("DISCOURSE_MAX_ASSET_REQS_PER_IP_PER_10_SECONDS",),
        ),
    ] = 200
    anonymous_reqs_per_ip_per_minute: Annotated[
        int,
        Knob(
            "Requests in 60 seconds by one address that shows no credential; 0: no limit of their own.",
            0,
            environment=("DISCOURSE_ANONYMOUS_REQS_PER_IP_PER_MINUTE",),
        ),
    ] = 0
    skip_per_ip_rate_limit_trust_level: Annotated[
        int,
        Knob(
            "Trust level from which people who are logged in are counted one by one, and not by their address.",
            0,
            environment=("DISCOURSE_SKIP_PER_IP_RATE_LIMIT_TRUST_LEVEL",),
        ),
    ] = 1


class ProcessSettings(AddressSettings, frozen=True, kw_only=True):
    """Every process setting: the last link of the chain adds the limits per key."""

    category: ClassVar[str] = "limits"

    max_user_api_reqs_per_minute: Annotated[
        int,
        Knob(
            "Requests that one user API key may make in 60 seconds; 0: any number.",
            0,
            environment=("DISCOURSE_MAX_USER_API_REQS_PER_MINUTE",),
        ),
    ] = 60
    max_user_api_reqs_per_day: Annotated[
        int,
        Knob(
            "Requests that one user API key may make in 24 hours; 0: any number.",
            0,
            environment=("DISCOURSE_MAX_USER_API_REQS_PER_DAY",),
        ),
    ] = 2880
    max_admin_api_reqs_per_minute: Annotated[
        int,
        Knob(
            "Requests that one API key may make in 60 seconds; 0: any number.",
            0,
            environment=("DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE",),
        ),
    ] = 60
    max_admin_api_reqs_per_key_per_minute: Annotated[
        int,
        Knob(
            "Older name of the same; the larger of both holds.",
            0,
            environment=("DISCOURSE_MAX_ADMIN_API_REQS_PER_KEY_PER_MINUTE",),
        ),
    ] = 0
    admin_limit_scope: Annotated[
        Literal["key", "site"],
        Knob(
            "Whether each API key has that limit to itself, or all of them share one.",
            environment=("DISCOURSE_ADMIN_LIMIT_SCOPE",),
        ),
    ] = "key"
