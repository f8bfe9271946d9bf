"""Other versions of the flows we ship."""

from pathlib import Path

from activities.catalogue import ACTIONS
from config.shop import config_files, notices
from flow.model import Flow
from flow.shop import load_shop


def another(name: str, *changes: tuple[str, str]) -> Flow:
    """A version of a shipped flow in which each first text has become the second."""
    folder = Path("config")
    files = {path: text for path, text in config_files(folder).items() if ".test." not in path}
    text = files[f"flows/{name}.yaml"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_shop({**files, f"flows/{name}.yaml": text}, ACTIONS, notices(folder)).flows[name]
