"""The shop's templates: `NAME.txt.j2`, `NAME.html.j2` and their variants `NAME.de.txt.j2`."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import MailUnavailable, SettingsRefused

ENDING = ".txt.j2"
# A mail takes milliseconds.
SECONDS = 5


def names(folder: Path) -> frozenset[str]:
    """The notices that the templates in `folder` can be sent as."""
    files = (file.name.removesuffix(ENDING) for file in folder.glob(f"*{ENDING}"))
    return frozenset(name for name in files if "." not in name)


@dataclass(frozen=True, slots=True)
class Written:
    """`html` is empty when the shop has no such template."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Page:
    """A document as its template, called `name`, wrote it."""

    name: str
    html: str


class Templates:
    """
    Fills in templates in a process of its own, within seconds and a bounded memory.

    A template that the first of `folders` does not have is taken from the next; those of a folder called
    as a web shop come before all others for that shop. Templates see plain JSON only, no code. The process
    starts with the first mail and ends with this one.
    """

    def __init__(self, *folders: Path, seconds: int = SECONDS) -> None:
        self._folders = folders
        self._seconds = seconds
        self._lock = threading.Lock()
        self._writer: subprocess.Popen[str] | None = None
        self._stop: weakref.finalize[..., Any] | None = None

    def write(self, name: str, language: str, contents: Mapping[str, Any], shop: str = "") -> Written:
        """
        The notice in `language`, or as the template without a language has it; of a web `shop`, if it has
        its own.

        :raises SettingsRefused: a template is wrong; the message names it and the line, and no customer.
        :raises MailUnavailable: the process ended by itself; safe to ask again.
        """
        return Written(
            **self._fill({"name": name, "language": language, "shop": shop, "contents": contents})
        )

    def page(self, name: str, language: str, contents: Mapping[str, Any], shop: str = "") -> Page:
        """
        The document `name`, as `write` chooses and fills it in.

        :raises SettingsRefused: a template is wrong.
        :raises MailUnavailable: the process ended by itself; safe to ask again.
        """
        asked = {"name": name, "language": language, "shop": shop, "contents": contents, "page": True}
        return Page(**self._fill(asked))

    def close(self) -> None:
        with self._lock:
            self._end()

    def _fill(self, asked: Mapping[str, Any]) -> dict[str, str]:
        line = json.dumps(asked)
        with self._lock:
            answer = self._ask(line, asked["name"])
        if "wrong" in answer:
            raise SettingsRefused(answer["wrong"])
        return answer

    def _ask(self, line: str, name: str) -> dict[str, str]:
        writer = self._running()
        assert writer.stdin is not None
        assert writer.stdout is not None
        answer = ""
        with contextlib.suppress(BrokenPipeError):
            writer.stdin.write(line + "\n")
            writer.stdin.flush()
            answer = writer.stdout.readline()
        if answer:
            return dict(json.loads(answer))
        code = writer.wait()
        self._end()
        if code == -signal.SIGALRM:
            raise SettingsRefused(f"Template {name} does not come to an end.")
        raise MailUnavailable("The process that fills in templates has ended; trying again.")

    def _running(self) -> "subprocess.Popen[str]":
        if self._writer is not None and self._writer.poll() is None:
            return self._writer
        self._end()
        self._writer = subprocess.Popen(  # noqa: S603 - Python itself, with our own module and folders
            [sys.executable, "-m", "adapters.mail.render", str(self._seconds), *map(str, self._folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # No secret of ours gets there, and Ctrl-C is for the worker, which then ends it.
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"},
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
        self._stop = weakref.finalize(self, _end, self._writer)
        return self._writer

    def _end(self) -> None:
        if self._stop is not None:
            self._stop()
        self._writer = self._stop = None


def _end(writer: "subprocess.Popen[str]") -> None:
    writer.kill()
    with contextlib.suppress(BrokenPipeError):
        writer.communicate()
