"""Which makers the settings ask for, of what several kinds of process need: `app` and the command line ask here."""

from __future__ import annotations

from pathlib import Path

from tertulia.backends.base import Clock, Windows
from tertulia.backends.blobs.base import Blobs
from tertulia.backends.blobs.local import LocalBlobs
from tertulia.backends.limits import SlidingWindows
from tertulia.backends.mail.base import Mailer
from tertulia.backends.mail.nowhere import NowhereMailer
from tertulia.backends.outbound.base import Outbound
from tertulia.backends.outbound.http import HttpOutbound
from tertulia.settings import ProcessSettings


def make_blobs(process: ProcessSettings) -> Blobs:
    """Uploads in the bucket that the settings name, or below the data directory."""
    if not process.s3_bucket:
        return LocalBlobs(Path(process.data) / "uploads")
    from tertulia.backends.blobs.s3 import Bucket, S3Blobs

    name, _, folder = process.s3_bucket.partition("/")
    return S3Blobs(
        Bucket(
            name=name,
            prefix=folder,
            region=process.s3_region,
            endpoint=process.s3_endpoint,
            key_id=process.s3_access_key_id,
            secret=process.s3_secret_access_key,
            public_base=process.s3_cdn_url,
        )
    )


def make_mailer(process: ProcessSettings, *, clock: Clock) -> Mailer:
    """Mail through the server that the settings name, or nowhere."""
    if not process.smtp_address:
        return NowhereMailer()
    from tertulia.backends.mail.smtp import SmtpMailer, SmtpServer

    server = SmtpServer(
        address=process.smtp_address,
        port=process.smtp_port,
        username=process.smtp_user_name,
        password=process.smtp_password,
        encryption="tls" if process.smtp_force_tls else "starttls" if process.smtp_enable_start_tls else "none",
        verify=process.smtp_openssl_verify_mode == "peer",
    )
    return SmtpMailer(server, clock=clock)


def make_outbound(process: ProcessSettings) -> Outbound:
    """HTTP to the public internet and to the hosts that the settings allow besides."""
    return HttpOutbound(allowed_hosts=process.allowed_internal_hosts)


def make_windows(process: ProcessSettings) -> Windows:
    """Counts of recent moments: in this process, or on the Redis server that the settings name."""
    if not process.redis:
        return SlidingWindows()
    from tertulia.backends.redis import RedisWindows

    return RedisWindows(process.redis)
