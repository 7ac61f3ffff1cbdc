"""Finding and reading the files of an archive: a directory or a .tar.gz, at its top or one folder down.

Nothing outside the archive is read and nothing is written but a bounded temporary copy of a .tar.gz.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

LARGEST_FILE = 64 * 1024 * 1024
MOST_FILES = 4_000_000
# A forum's text shrinks about eightfold; what grows a hundredfold was made to fill a disk.
LARGEST_GROWTH, GROWTH_BASE = 100, 64 * 1024 * 1024
_SUFFIXES = {"json": ".json", "raw": ".md"}
_ID_IN_NAME = re.compile(r"(?:^|\.)([1-9][0-9]{0,15})\.(?:json|md)\Z")
_BLOCK = 1024 * 1024


class ArchiveProblem(Exception):
    """The archive cannot be read at all; the message says why."""


class Archive(msgspec.Struct):
    """The files of an archive by name, and what was left out with the reason."""

    folder: Path
    json_names: list[str]
    raw_names: dict[int, str]
    sizes: dict[str, int]
    left_out: dict[str, str]

    def read_json(self, name: str) -> bytes:
        return self._read("json", name)

    def read_raw(self, topic_id: int) -> str | None:
        """The Markdown of a topic; None when the archive has none."""
        name = self.raw_names.get(topic_id)
        return None if name is None else self._read("raw", name).decode("utf-8", "replace")

    def fingerprint(self) -> str:
        """Tells archives apart by names and sizes, whether packed or unpacked."""
        lines = "\n".join(f"{name} {size}" for name, size in sorted(self.sizes.items()))
        return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()

    def _read(self, kind: str, name: str) -> bytes:
        # No link is followed even if one was put there since the files were listed.
        descriptor = os.open(self.folder / kind / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read(LARGEST_FILE)


@contextlib.contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive at `path` for as long as the block runs. Raises ArchiveProblem."""
    if path.is_dir():
        yield _list(_find_top(path))
        return
    if not path.is_file():
        raise ArchiveProblem(f"there is nothing at {path}")
    with tempfile.TemporaryDirectory(prefix="tertulia-import-") as made:
        left_out = _unpack(path, Path(made))
        archive = _list(_find_top(Path(made)))
        archive.left_out = left_out | archive.left_out
        yield archive


def _find_top(path: Path) -> Path:
    """The folder that holds `json/`: the archive's own or one below it."""
    if _is_plain_folder(path / "json"):
        return path
    below = sorted(entry.path for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False))
    found = [Path(folder) for folder in below if _is_plain_folder(Path(folder) / "json")]
    if not found:
        raise ArchiveProblem("no folder json/ in it, neither at the top nor one folder down")
    if len(found) > 1:
        raise ArchiveProblem(f"several folders json/ in it: {', '.join(folder.name for folder in found)}")
    return found[0]


def _is_plain_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _list(folder: Path) -> Archive:
    archive = Archive(folder=folder, json_names=[], raw_names={}, sizes={}, left_out={})
    for kind, suffix in _SUFFIXES.items():
        if not _is_plain_folder(folder / kind):
            continue
        for entry in sorted(os.scandir(folder / kind), key=lambda entry: entry.name):
            name = f"{kind}/{entry.name}"
            if not entry.name.endswith(suffix):
                continue
            if not entry.is_file(follow_symlinks=False):
                archive.left_out[name] = "not a plain file"
            elif (size := entry.stat(follow_symlinks=False).st_size) > LARGEST_FILE:
                archive.left_out[name] = f"larger than {LARGEST_FILE} bytes"
            else:
                archive.sizes[name] = size
                _enlist(archive, kind, entry.name)
    archive.json_names.sort(key=lambda name: (_id_in(name) or 0, name))
    return archive


def _enlist(archive: Archive, kind: str, name: str) -> None:
    if kind == "json":
        archive.json_names.append(name)
    elif (topic_id := _id_in(name)) is not None:
        archive.raw_names.setdefault(topic_id, name)


def _id_in(name: str) -> int | None:
    """The topic's id in `slug.ID.md` or `ID.md`."""
    found = _ID_IN_NAME.search(name)
    return int(found[1]) if found else None


def _unpack(path: Path, into: Path) -> dict[str, str]:
    """Copies the wanted files into folders of our own names; answers what was left out, with the reason."""
    left_out: dict[str, str] = {}
    room = path.stat().st_size * LARGEST_GROWTH + GROWTH_BASE
    try:
        with tarfile.open(path, "r:*") as tar:
            for number, member in enumerate(tar):
                if number > MOST_FILES:
                    raise ArchiveProblem(f"more than {MOST_FILES} files in it")
                room -= 512 + max(member.size, 0)
                if room < 0:
                    raise ArchiveProblem("it unpacks to far more than an archive of a forum does")
                target = _target(member.name, into=into)
                if target is None:
                    continue
                problem = _copy(tar, member, target)
                if problem:
                    left_out[member.name] = problem
    except (tarfile.TarError, OSError, EOFError) as error:
        # A file that is no archive is answered with what each way of unpacking says, a line each.
        said = str(error).partition("\n")[0].rstrip(":")
        raise ArchiveProblem(f"{path.name} cannot be unpacked: {said}") from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma"):
            raise ArchiveProblem(f"{path.name} cannot be unpacked: {error}") from error
        raise
    return left_out


def _target(name: str, *, into: Path) -> Path | None:
    """Where a member goes; None for members that are no part of an archive, such as those with `..` in them."""
    parts = [part for part in PurePosixPath(name).parts if part != "."]
    if ".." in parts or name.startswith("/") or len(parts) not in (2, 3) or "\\" in name or "\0" in name:
        return None
    kind, file = parts[-2:]
    if kind not in _SUFFIXES or not file.endswith(_SUFFIXES[kind]) or len(os.fsencode(file)) > 250:
        return None
    return into.joinpath(*parts)


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    """Copies one member; answers why not, or nothing."""
    if not member.isreg():
        return "not a plain file"
    if member.size > LARGEST_FILE:
        return f"larger than {LARGEST_FILE} bytes"
    if target.exists():
        return "twice in the archive"
    source = tar.extractfile(member)
    if source is None:
        return "not a plain file"
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("xb") as file:
        while block := source.read(_BLOCK):
            file.write(block)
    return ""
