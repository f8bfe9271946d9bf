"""
localstripe, another's double of Stripe, as a process of its own that ends with the tests.

It does not know a few things that our adapter asks for or reads, of which `LENT` is the list: they are
added on the way, by its launcher. What it is laxer in than Stripe stands in tests/contracts/gateways.py.
"""

import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

# It refuses these of a request, and has not these in an answer.
LENT = {
    "request": ("allowed_payment_method_types", "created"),
    "answer": ("amount_received", "amount_captured", "capture_before", "metadata of a taken-over charge"),
}
PATIENCE_SECONDS = 60


@contextmanager
def running():
    """The URL of one that is ready."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        arguments = [sys.executable, str(Path(__file__).with_name("localstripe_launcher.py")), str(port)]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(arguments, cwd=folder, stdin=subprocess.PIPE, **quiet) as process:
            try:
                _wait(url, process)
                yield url
            finally:
                process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx.get(f"{url}/v1/balance_transactions")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("localstripe does not come up")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
