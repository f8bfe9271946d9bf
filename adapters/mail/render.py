"""
Fills in the shop's templates of mails and documents, in a process of its own.

`python -m adapters.mail.render SECONDS FOLDER...` takes one request a line and answers with a line, both
JSON; SECONDS is the most that one may take. A template that runs wild ends this process, never the
worker.
"""

import json
import re
import resource
import signal
import sys
import traceback
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_BYTES = 512 * 1024**2
MAX_CHARACTERS = 500_000
MAX_SUBJECT = 200
MAX_QUOTED = 120
SUBJECT = "Subject:"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.ASCII)


class TemplateWrong(Exception):
    """Names the template and the line, and holds nothing of what it was filled in with."""


@lru_cache(maxsize=32)
def environment(folders: tuple[Path, ...], shop: str = "") -> ImmutableSandboxedEnvironment:
    """
    What the first folder does not have is looked for in the next. A web shop has folders of its own in
    them, under its name, which come first.
    """
    if shop:
        folders = (*(folder / shop for folder in folders), *folders)
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=lambda name: not (name or "").endswith(".txt.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=100,
    )


def write(env: ImmutableSandboxedEnvironment, ask: dict[str, Any]) -> dict[str, str]:
    """
    `subject`, `text` and `html` (empty when there is no such template) of the wanted notice.

    :raises TemplateWrong: it cannot be filled in.
    """
    name, template = _choose(env, ask["name"], ask["language"])
    subject, text = _subject_apart(f"{name}.txt.j2", _fill(template, ask["contents"]))
    html = f"{name}.html.j2"
    page = _load(env, html) if html in env.list_templates(["j2"]) else None
    # A shop's own words never go out beside the page of the template they replace.
    if page is None or _folder(page) != _folder(template):
        return {"subject": subject, "text": text, "html": ""}
    return {"subject": subject, "text": text, "html": _fill(page, ask["contents"])}


def page(env: ImmutableSandboxedEnvironment, ask: dict[str, Any]) -> dict[str, str]:
    """
    `name` and `html` of a document.

    :raises TemplateWrong: it cannot be filled in.
    """
    name, template = _choose(env, ask["name"], ask["language"], ".html.j2")
    return {"name": f"{name}.html.j2", "html": _fill(template, ask["contents"])}


def _choose(
    env: ImmutableSandboxedEnvironment, name: str, language: str, ending: str = ".txt.j2"
) -> tuple[str, Template]:
    """The text in the wanted language, else in the one that the shop's template without one is in."""
    if NAME.fullmatch(name) is None:
        raise TemplateWrong(f"{name!r} cannot be the name of a template.")
    there = env.list_templates(["j2"])
    spoken = language.lower().replace("_", "-")
    variants = (spoken, spoken.partition("-")[0]) if LANGUAGE.fullmatch(spoken) else ()
    for choice in (*(f"{name}.{variant}" for variant in variants), name):
        if f"{choice}{ending}" in there:
            return choice, _load(env, f"{choice}{ending}")
    raise TemplateWrong(f"There is no template {name}{ending} in the shop's folders.")


def _shop(ask: dict[str, Any]) -> str:
    """The web shop as a folder can be called; empty for one that cannot have one."""
    name = str(ask.get("shop", ""))
    return name if NAME.fullmatch(name) else ""


def _load(env: ImmutableSandboxedEnvironment, file: str) -> Template:
    try:
        return env.get_template(file)
    except TemplateSyntaxError as error:
        raise TemplateWrong(f"Template {error.name}, line {error.lineno}: {error.message}") from error
    except UnicodeDecodeError as error:
        raise TemplateWrong(f"Template {file} is not UTF-8 text.") from error


def _fill(template: Template, contents: dict[str, Any]) -> str:
    try:
        filled = template.render(contents)
    except TemplateSyntaxError as error:  # in a template that this one includes
        raise TemplateWrong(f"Template {error.name}, line {error.lineno}: {error.message}") from error
    except TemplateNotFound as error:
        raise TemplateWrong(f"Template {template.name} needs {error.name}, which is not there.") from error
    except Exception as error:
        raise TemplateWrong(_where(template, error)) from error
    if len(filled) > MAX_CHARACTERS:
        raise TemplateWrong(
            f"Template {template.name} makes a mail of more than {MAX_CHARACTERS} characters."
        )
    return filled


def _folder(template: Template) -> Path:
    return Path(template.filename or "").parent


def _where(template: Template, error: Exception) -> str:
    """The line of the template itself, as errors may quote a customer's name or address."""
    folder = str(_folder(template))
    file, line = template.filename or "", 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(folder):
            file, line = frame.f_code.co_filename, number
    source = Path(file).read_text(encoding="utf-8").splitlines()
    quoted = source[line - 1].strip()[:MAX_QUOTED] if 0 < line <= len(source) else ""
    kind = type(error).__name__
    return f"Template {Path(file).name}, line {line} cannot be filled in ({kind}): {quoted}"


def _subject_apart(file: str, filled: str) -> tuple[str, str]:
    first, _, rest = filled.lstrip().partition("\n")
    subject = " ".join("".join(c if c.isprintable() else " " for c in first).split())
    if not subject.startswith(SUBJECT) or subject == SUBJECT:
        raise TemplateWrong(f"Template {file}, line 1 has to be `{SUBJECT}` and the subject of the mail.")
    body = re.sub(r"\n{3,}", "\n\n", rest.strip())
    return subject.removeprefix(SUBJECT).strip()[:MAX_SUBJECT], body + "\n"


def serve(folders: Sequence[Path], seconds: int) -> None:
    here = tuple(folders)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        # Nothing catches this signal: it ends a template that does not end.
        signal.alarm(seconds)
        try:
            ask = json.loads(line)
            env = environment(here, _shop(ask))
            answer = page(env, ask) if ask.get("page") else write(env, ask)
        except TemplateWrong as error:
            answer = {"wrong": str(error)}
        except MemoryError:
            answer = {"wrong": "The template needs more memory than a mail may take."}
        signal.alarm(0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve([Path(folder) for folder in sys.argv[2:]], int(sys.argv[1]))
