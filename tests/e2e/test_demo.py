"""`orders demo` for real: what `make demo` shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from starter.demo.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
DEMO = (sys.executable, "-c", "from starter.cli.main import main; main()", "demo")
# It takes about 45 s on two cores that do nothing else; this only bounds a failure.
PATIENCE_SECONDS = 600


@pytest.mark.timeout(PATIENCE_SECONDS + 10)
def test_every_sample_order_ends_as_it_should_and_the_shops_own_books_stay_shut(tmp_path: Path):
    kept, own = tmp_path / "kept", tmp_path / "own"
    kept.mkdir()
    environment = {
        **os.environ,
        "TMPDIR": str(kept),
        "ORDERKEEPER_DATA": str(own),
        "ORDERKEEPER_DATABASE_URL": f"sqlite:///{own}/books.db",
        "ORDERKEEPER_SMTP_URL": "smtp://127.0.0.1:9",
        "TEMPORAL_ADDRESS": "127.0.0.1:9",
    }

    played = subprocess.run(
        DEMO,
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
        timeout=PATIENCE_SECONDS,
    )

    many = len(SCENARIOS)
    assert played.returncode == 0, played.stdout + played.stderr
    assert f"{many} of {many} orders ended as expected" in played.stdout
    assert "reconcile: nothing is wrong" in played.stdout
    for table in ("Orders by outcome", "Money", "Stock moved", "Mails sent"):
        assert f"\n{table}" in played.stdout
    assert played.stderr == ""
    assert list(kept.iterdir()) == []
    assert not own.exists()
