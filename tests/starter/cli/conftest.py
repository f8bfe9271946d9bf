"""A shop in a folder of its own: SQLite, the flows we ship, and no Temporal."""

import json
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


@pytest.fixture
def terminal(tmp_path, monkeypatch) -> Terminal:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "ORDERKEEPER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ORDERKEEPER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")
    return Terminal(tmp_path)


@pytest.fixture
def stocked(terminal) -> Terminal:
    """A shop with teapots and felt on its shelves."""
    terminal.type("stock", "receive", "TEAPOT-RED", "10", "--title", "Red teapot")
    terminal.type("stock", "receive", "FELT", "7.5", "--title", "Felt")
    return terminal


@pytest.fixture
def placed(stocked) -> Terminal:
    """That shop, with the order A-1001 kept."""
    stocked.type("place", stocked.file("order.json", OWN))
    return stocked
