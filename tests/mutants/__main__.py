"""`make mutants`: plant each bug in a copy of the code, and see its test turn red."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.mutants.planted import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "__pycache__", "var", "bench", "docs", ".*_cache")
AT_ONCE = 2
PATIENCE_SECONDS = 300
RED, GREEN = 1, 0  # what pytest says when tests fail, or none does


@dataclass(frozen=True, slots=True)
class Run:
    """`code` is pytest's; neither red nor green for a test that could not run."""

    what: str
    test: str
    code: int
    seconds: float
    said: str = ""


def main() -> int:
    wanted = sys.argv[1:]
    mutants = [each for each in MUTANTS if not wanted or any(word in each.name for word in wanted)]
    with TemporaryDirectory(prefix="orderkeeper-mutants-") as folder:
        clean = _copied(ROOT, Path(folder, "clean"))
        tests = sorted({each.test for each in mutants})
        sound = _pytest(clean, "nothing", tests)
        if sound.code != GREEN:
            Console().print("[red]The tests are not green as the code stands: mutants prove nothing.")
            Console().print(sound.said, markup=False, highlight=False)
            return 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            runs = pool.map(lambda each: _planted(clean, each), mutants)
            found = list(track(runs, "planting bugs", len(mutants), transient=True))
    _tell([sound, *found])
    return 0 if all(run.code == RED for run in found) else 1


def _planted(clean: Path, mutant: Mutant) -> Run:
    tree = _copied(clean, clean.with_name(f"{MUTANTS.index(mutant)}"))
    file = tree / mutant.file
    file.write_text(mutant.planted_in(file.read_text()))
    run = _pytest(tree, mutant.name, [mutant.test])
    shutil.rmtree(tree)
    return run


def _copied(tree: Path, to: Path) -> Path:
    return Path(shutil.copytree(tree, to, ignore=LEFT_OUT))


def _pytest(tree: Path, what: str, tests: list[str]) -> Run:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    began = monotonic()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, check=False, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Run(what, tests[0], -1, monotonic() - began)
    test = tests[0] if len(tests) == 1 else f"{len(tests)} tests"
    return Run(what, test, done.returncode, monotonic() - began, done.stdout.decode()[-3_000:])


def _tell(runs: Iterable[Run]) -> None:
    table = Table("planted", "test", "", "s", title="Mutants", title_justify="left")
    words = {RED: "[green]red, as it has to be", GREEN: "[red]GREEN: nobody notices"}
    for n, run in enumerate(runs):
        said = "green" if n == 0 else words.get(run.code, f"[red]could not run ({run.code})")
        table.add_row(run.what, run.test.rpartition("::")[2], said, f"{run.seconds:.0f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
