"""Topics made up ahead of the writing, in a process of their own, so that two cores have work.

Run as a module, this is that process: it reads one order and hands over pieces until nobody reads them any more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import IO

import msgspec

from tertulia.forum.loading.growing import Piece, pack
from tertulia.forum.seeding.writing import Cast, write_topics

_WORTH_A_PROCESS = 10_000  # posts: to start Python takes as long as to make up some thousand
_HANDED_OVER = 500  # posts at a time
_LYING_READY = 64  # handfuls: enough for the largest slice, some 30 MB
_LENGTH = 8  # bytes


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made up, as `write_topics` takes it."""

    cast: Cast
    sizes: Sequence[int]
    beginnings: Sequence[int]
    first_topic_id: int
    first_post_id: int

    @property
    def post_count(self) -> int:
        return sum(self.sizes)


def write_ahead(order: Order) -> Generator[list[Piece], None, None]:
    """The pieces in their order, some at a time; the same whether there is a process of its own or not."""
    if order.post_count < _WORTH_A_PROCESS:
        return _handfuls(order)
    return _from_process(order)


def _handfuls(order: Order) -> Generator[list[Piece], None, None]:
    handful: list[Piece] = []
    posts = 0
    for growth in write_topics(
        order.cast,
        sizes=order.sizes,
        beginnings=order.beginnings,
        first_topic_id=order.first_topic_id,
        first_post_id=order.first_post_id,
    ):
        handful.append(pack(growth))
        posts += growth.post_count
        if posts >= _HANDED_OVER:
            yield handful
            handful, posts = [], 0
    if handful:
        yield handful


def _from_process(order: Order) -> Generator[list[Piece], None, None]:
    # A session of its own: Ctrl-C is for the process that writes, which then stops reading.
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None and process.stdout is not None
    with process:
        ready = _Ready(process.stdout)
        try:
            _hand_over(process.stdin, order)
            while encoded := ready.take():
                yield pickle.loads(encoded)  # from our own code, over a pipe nobody else has
            if process.wait() != 0:
                raise RuntimeError(f"the process that makes up topics ended with {process.returncode}")
        finally:
            process.kill()
            ready.end()
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()


class _Ready:
    """Handfuls read ahead: a pipe holds a tenth of one, so that otherwise the two processes would take turns."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.queue: SimpleQueue[bytes] = SimpleQueue()
        self.room = Semaphore(_LYING_READY)
        self.ended = False
        self.thread = Thread(target=self._read, name="seeding", daemon=True)
        self.thread.start()

    def take(self) -> bytes:
        """The next handful; nothing when there are no more."""
        encoded = self.queue.get()
        if encoded:
            self.room.release()
        return encoded

    def end(self) -> None:
        """Ends the thread, whose stream has ended."""
        self.ended = True
        self.room.release()
        self.thread.join()

    def _read(self) -> None:
        while (length := int.from_bytes(self.stream.read(_LENGTH))) and not self.ended:
            self.room.acquire()
            self.queue.put(self.stream.read(length))
        self.queue.put(b"")


def _hand_over(stream: IO[bytes], content: object) -> None:
    encoded = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(encoded).to_bytes(_LENGTH))
    stream.write(encoded)
    stream.flush()


def _work() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing here is in a circle
    order: Order = pickle.loads(sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(_LENGTH))))
    try:
        for handful in _handfuls(order):
            _hand_over(sys.stdout.buffer, handful)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to say, not even at the end


if __name__ == "__main__":
    # By its real name, so that what is handed over is known to the other side.
    from tertulia.forum.seeding.ahead import _work as work

    work()
