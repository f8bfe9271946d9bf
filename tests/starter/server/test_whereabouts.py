"""One machine a data folder, and every other command finds it."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from domain.errors import SettingsRefused
from starter.server.whereabouts import Whereabouts, alone, forget, read

HERE = Whereabouts(
    temporal="127.0.0.1:7233",
    namespace="default",
    smtp="127.0.0.1:1025",
    task_queue="orderkeeper",
    speed=1.0,
    pid=4711,
)


def test_where_the_parts_listen_is_read_as_it_was_written(tmp_path: Path):
    HERE.write(tmp_path)

    assert read(tmp_path) == HERE
    assert json.loads((tmp_path / "up.json").read_text()) == asdict(HERE)
    assert [file.name for file in tmp_path.iterdir()] == ["up.json"]


def test_a_machine_that_stopped_is_nowhere(tmp_path: Path):
    HERE.write(tmp_path)
    forget(tmp_path)
    forget(tmp_path)

    assert read(tmp_path) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"temporal": "127.0.0.1:7233"}'])
def test_a_damaged_file_says_nothing(tmp_path: Path, damage: str):
    (tmp_path / "up.json").write_text(damage)

    assert read(tmp_path) is None


def test_a_second_machine_on_one_data_folder_is_refused_by_name(tmp_path: Path):
    data = tmp_path / "var"
    refused = pytest.raises(SettingsRefused, match=rf"already runs on {data} \(process {os.getpid()}\)")
    with alone(data), refused, alone(data):
        pass

    with alone(data):
        assert data.stat().st_mode & 0o077 == 0


def test_a_machine_that_was_killed_leaves_the_folder_free(tmp_path: Path):
    script = f"""
import os, signal
from pathlib import Path
from starter.server.whereabouts import alone
with alone(Path({str(tmp_path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -9

    with alone(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())
