"""
How quick the tools of ops engineers are: check, scenarios and backtest, without the start of Python.

    python -m bench.flows [FOLDER OF OLIST]
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from activities.catalogue import ACTIONS
from bench.olist import cases
from config.settings import SHIPPED
from config.shop import config_files, notices
from flow.backtest.past import play
from flow.scenario_files import is_scenarios
from flow.scenario_suite import run_all
from flow.shop import check_shop, load_shop
from starter.cases import cases_of_file
from starter.formats.json_text import dumps
from starter.sample_orders import samples_of

OLIST = Path("../shared/data/olist")
SCENARIOS = 500
ROUNDS = 3


def least(work: Callable[[], int]) -> tuple[int, float]:
    """How many things were done, and the seconds of the quickest of a few rounds."""
    seconds: list[float] = []
    done = 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        done = work()
        seconds.append(time.perf_counter() - began)
    return done, min(seconds)


def main(folder: Path) -> None:
    files = config_files(SHIPPED)
    shop = load_shop(files, ACTIONS, notices(SHIPPED))
    samples = samples_of(SHIPPED)

    flows = {path: text for path, text in files.items() if not is_scenarios(path)}

    def check() -> int:
        assert not check_shop(flows, ACTIONS, notices(SHIPPED))
        return len(shop.flows)

    def scenarios() -> int:
        done = 0
        while done < SCENARIOS:
            done += len(run_all(files, shop, samples).played)
        return done

    def backtest() -> int:
        lines = (dumps(case) for case in cases(folder))
        found = list(cases_of_file("olist", lines, shop))
        return len([play(case, shop, shop.flows["standard"]) for case in found])

    told = [("check: {} shipped flows", check, 0.3), ("test: {} scenarios", scenarios, 5.0)]
    if folder.is_dir():
        told.append(("backtest: {} real orders", backtest, 10.0))
    for text, work, target in told:
        done, seconds = least(work)
        sys.stdout.write(f"{text.format(done)} in {seconds:.2f} s (target: under {target} s)\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OLIST)
