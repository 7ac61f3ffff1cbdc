"""Every command, registered with the application by being imported."""

from tertulia.cli import doctor, importing, init, keys, migrate, openapi, run, serve, settings, users, worker
from tertulia.cli.application import application

__all__ = [
    "application", "doctor", "importing", "init", "keys", "migrate", "openapi", "run", "serve",
    "settings", "users", "worker",
]  # fmt: skip
