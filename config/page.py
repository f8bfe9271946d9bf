"""What customers read on the page of their order, in each of the shop's languages."""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.settings import SHIPPED
from domain.errors import FlowRefused
from flow.finding import Finding, refuse
from flow.load.words import read_words

FOLDER = "page"
ENGLISH = "en"
# Under it stand sentences of the shop's own, by themselves.
RULES = "rules."
BLANK = re.compile(r"\{(\w+)\}")
Stamp = tuple[tuple[str, int, int], ...]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """One language; `code` is its own, such as `de`."""

    code: str
    texts: Mapping[str, str]

    def say(self, name: str, **blanks: str) -> str:
        """:raises KeyError: there is no such text."""
        return BLANK.sub(lambda blank: blanks.get(blank[1], blank[0]), self.texts[name])

    def rule(self, text: str) -> str:
        """A sentence of the shop's rules in this language, or as the shop wrote it."""
        return self.texts.get(f"{RULES}{text.rstrip('.')}", text.rstrip("."))


class PageWords:
    """
    Our catalogues, and over them those in the folder `page` of the shop's own config folder. An edit counts
    at once; while it has findings, the words of before stay.

    :raises FlowRefused: findings from the start.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = (SHIPPED / FOLDER, folder / FOLDER)
        self._lock = threading.Lock()
        self._stamp = self._look()
        self._languages = self._read()

    def languages(self) -> Mapping[str, Words]:
        """By their codes, English first."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                self._read_again()
            return self._languages

    def of(self, language: str) -> Words:
        """`de` for `de-AT` too; English where the shop does not speak it."""
        known = self.languages()
        return known.get(language.lower().replace("_", "-").partition("-")[0], known[ENGLISH])

    def _read_again(self) -> None:
        try:
            self._languages = self._read()
        except FlowRefused as error:
            log.error("The words of the customers' page have findings; those of before stay.\n%s", error)  # noqa: TRY400 - no stack

    def _read(self) -> dict[str, Words]:
        texts: dict[str, dict[str, str]] = {}
        findings: list[Finding] = []
        ours: dict[str, str] = {}
        for folder in self._folders:
            for file in sorted(folder.glob("*.yaml"), key=lambda each: (each.stem != ENGLISH, each.stem)):
                source = file.read_text(encoding="utf-8", errors="surrogateescape")
                words, wrong = read_words(source, f"{FOLDER}/{file.name}")
                findings += wrong
                texts.setdefault(file.stem, {}).update(words)
            ours = ours or dict(texts[ENGLISH])
        for code, said in texts.items():
            findings += _foreign(code, said, ours)
        refuse(findings)
        english = texts[ENGLISH]
        return {code: Words(code, {**english, **said}) for code, said in texts.items()}

    def _look(self) -> Stamp:
        files = (file for folder in self._folders for file in sorted(folder.glob("*.yaml")))
        return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def _foreign(code: str, said: Mapping[str, str], english: Mapping[str, str]) -> Iterator[Finding]:
    """Texts that no page has, and blanks that nobody fills in; `english` is our own, which has them all."""
    file = f"{FOLDER}/{code}.yaml"
    for name, text in said.items():
        if name.startswith(RULES):
            continue
        if name not in english:
            yield Finding(
                file, 1, 1, f"no page says {name}", "see page/en.yaml for what there is", "unknown-key"
            )
            continue
        wrong = set(BLANK.findall(text)) - set(BLANK.findall(english[name]))
        if wrong:
            blank = f"{{{min(wrong)}}}"
            yield Finding(file, 1, 1, f"nobody fills in {blank} of {name}", "leave it out", "unknown-key")
