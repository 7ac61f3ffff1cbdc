"""The command line over the database of running servers: a third process that writes, and ends before anybody reads."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.importers.archives import post, topic, write_archive

OWNERS = ("mary", "moda", "inga")


class Shell:
    """Commands that change what is shown, or who may see it."""

    def __init__(self, *, where: list[str], folder: Path, dice: random.Random) -> None:
        self.where, self.folder, self.dice = where, folder, dice
        self.keys: dict[str, tuple[int, str]] = {}  # by owner: id and secret of a key that holds
        self.revoked: list[str] = []
        self.count = 0

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tertulia", *words, *self.where],
            check=False, capture_output=True, text=True, timeout=300, env=dict(os.environ),
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def change(self) -> str:
        """One command; answers which, for the message of a failure."""
        self.count += 1
        chosen = (
            self.name_site,
            self.make_key,
            self.revoke_key,
            self.bring_topic,
            self.seed,
            self.add_user,
            self.recook,
        )
        return self.dice.choice(chosen)()

    def name_site(self) -> str:
        self.run("settings", "set", "title", f"Shell {self.count}")
        return "settings set"

    def make_key(self) -> str:
        owner = self.dice.choice(OWNERS)
        made: dict[str, Any] = json.loads(self.run("keys", "create", "--username", owner, "--json"))
        if owner in self.keys:
            self.run("keys", "revoke", str(self.keys[owner][0]))
            self.revoked.append(self.keys[owner][1])
        self.keys[owner] = (int(made["id"]), str(made["key"]))
        return f"keys create for {owner}"

    def revoke_key(self) -> str:
        if not self.keys:
            return self.make_key()
        owner = self.dice.choice(sorted(self.keys))
        number, secret = self.keys.pop(owner)
        self.run("keys", "revoke", str(number))
        self.revoked.append(secret)
        return f"keys revoke of {owner}"

    def bring_topic(self) -> str:
        """An archive of one topic, whose ids come after those here; its people and category are here already."""
        archive = self.folder / f"archive{self.count}"
        posts = [post(number, number) for number in (1, 2, 3)]
        body = topic(self.count, posts, title=f"Brought here as {self.count}")
        self.run("import", "discourse-archive", str(write_archive(archive, body)), "--offset-ids")
        return "import"

    def seed(self) -> str:
        self.run("seed", "--users", "2", "--topics", "2", "--posts", "5", "--seed", str(self.count))
        return "seed"

    def add_user(self) -> str:
        name = f"shell{self.count}"
        self.run(
            "users", "create", "--username", name, "--email", f"{name}@example.org", "--password", "long enough now"
        )
        return "users create"

    def recook(self) -> str:
        self.run("recook", "--imported")
        return "recook"
