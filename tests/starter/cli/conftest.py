"""A shop in a folder of its own: SQLite, the flows we ship, and no Temporal."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from starter.cli.main import app
from tests.starter.formats.samples import OWN


class Terminal:
    """Types commands at one shop and reads what they print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = CliRunner()

    def run(self, *words: str, input=None):
        return self.runner.invoke(app, list(words), input=input)

    def type(self, *words: str, input=None) -> str:
        """What a command that has to work prints."""
        result = self.run(*words, input=input)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str):
        return json.loads(self.type(*words, "--json"))

    def refused(self, *words: str, input=None) -> str:
        """The one line on standard error of a command that has to be refused."""
        result = self.run(*words, input=input)
        assert result.exit_code == 1, result.output
        (line,) = result.stderr.splitlines()
        return line

    def file(self, name: str, content) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)


def settle(environment: pytest.MonkeyPatch, data: Path) -> None:
    """A shop keeps everything in `data`, and no Temporal is named."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "ORDERKEEPER_"))]:
        environment.delenv(name)
    environment.setenv("ORDERKEEPER_DATA", str(data))
    environment.setenv("TEMPORAL_CONFIG_FILE", os.devnull)


@pytest.fixture
def terminal(tmp_path, monkeypatch) -> Terminal:
    settle(monkeypatch, tmp_path / "data")
    return Terminal(tmp_path)


@pytest.fixture(scope="session")
def kept(tmp_path_factory) -> Path:
    """Data folders to copy: `stocked`, and `placed` with one order."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as environment:
        settle(environment, folder / "stocked")
        first = Terminal(folder)
        first.type("stock", "receive", "TEAPOT-RED", "10", "--title", "Red teapot")
        first.type("stock", "receive", "FELT", "7.5", "--title", "Felt")
        shutil.copytree(folder / "stocked", folder / "placed")
        settle(environment, folder / "placed")
        first.type("place", first.file("order.json", OWN))
    return folder


@pytest.fixture
def stocked(terminal, kept) -> Terminal:
    """A shop with teapots and felt on its shelves."""
    shutil.copytree(kept / "stocked", terminal.folder / "data")
    return terminal


@pytest.fixture
def placed(terminal, kept) -> Terminal:
    """That shop, with the order A-1001 kept."""
    shutil.copytree(kept / "placed", terminal.folder / "data")
    return terminal
