"""Every command, registered with the application by being imported."""

from tertulia.cli import (
    cook,
    doctor,
    importing,
    init,
    keys,
    migrate,
    openapi,
    recook,
    run,
    seed,
    serve,
    settings,
    users,
    worker,
)
from tertulia.cli.application import application

__all__ = [
    "application", "cook", "doctor", "importing", "init", "keys", "migrate", "openapi", "recook", "run", "seed",
    "serve", "settings", "users", "worker",
]  # fmt: skip
