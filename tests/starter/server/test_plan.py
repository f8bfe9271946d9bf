"""What runs on a machine, and what its parts know of the world."""

import os
from itertools import pairwise
from pathlib import Path

from starter.server.plan import Plan, child_environment, temporal_command


def a_plan(data: Path, smtp_port: int = 1025, **environment: str) -> Plan:
    return Plan(
        data=data, temporal_port=7301, smtp_port=smtp_port, task_queue="orders", environment=environment
    )


def test_temporal_listens_on_loopback_and_syncs_every_commit_to_its_file(tmp_path: Path):
    command = temporal_command(a_plan(tmp_path))
    options = list(pairwise(command))

    assert ("--ip", "127.0.0.1") in options
    assert ("--port", "7301") in options
    assert ("--db-filename", str(tmp_path / "temporal.db")) in options
    assert ("--sqlite-pragma", "journal_mode=wal") in options
    assert ("--sqlite-pragma", "synchronous=full") in options
    assert "--headless" in command


def test_parts_talk_to_the_temporal_of_this_machine_whatever_the_environment_names(tmp_path: Path):
    plan = a_plan(
        tmp_path, TEMPORAL_ADDRESS="cloud.example:7233", TEMPORAL_API_KEY="secret", HOME="/home/ada"
    )
    environment = child_environment(plan)

    temporal = {name: value for name, value in environment.items() if name.startswith("TEMPORAL_")}
    assert temporal == {
        "TEMPORAL_ADDRESS": "127.0.0.1:7301",
        "TEMPORAL_NAMESPACE": "default",
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }
    assert environment["HOME"] == "/home/ada"
    assert environment["ORDERKEEPER_DATA"] == str(tmp_path)


def test_mail_goes_to_the_sink_of_this_machine(tmp_path: Path):
    plan = a_plan(tmp_path)

    assert child_environment(plan)["ORDERKEEPER_SMTP_URL"] == "smtp://127.0.0.1:1025"
    assert plan.smtp == "127.0.0.1:1025"


def test_a_shop_with_a_mail_server_keeps_it(tmp_path: Path):
    plan = a_plan(tmp_path, smtp_port=0, ORDERKEEPER_SMTP_URL="smtps://mail.example")

    assert child_environment(plan)["ORDERKEEPER_SMTP_URL"] == "smtps://mail.example"
    assert plan.smtp == ""


def test_parts_find_our_modules_before_those_of_the_shop(tmp_path: Path):
    environment = child_environment(a_plan(tmp_path, PYTHONPATH="/shop"))

    ours, shop = environment["PYTHONPATH"].split(os.pathsep)
    assert (Path(ours) / "worker.py").exists()
    assert shop == "/shop"
