"""A shop's own actions, in Python: known like ours, run like ours, refused in one sentence when wrong."""

# ruff: noqa: E501 - one case a row reads best on one line

from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities.catalogue import ACTIONS
from config.actions import actions_of, steps_of
from config.settings import SHIPPED, Settings
from config.shop import config_files, notices
from domain.errors import Refused, SettingsRefused
from domain.step import Call
from flow.catalogue import Changes
from flow.shop import check_shop
from tests.flow.words import ROOT

HEAD = """\
from activities.own import action
from domain.errors import Refused
from domain.step import Call, StepResult
from flow.catalogue import Changes


class NoPaper(Refused):
    pass


"""
GOOD = (
    HEAD
    + """\
@action(
    "gift.wrap",
    "Has the parcel wrapped.",
    levels=["fulfilment"],
    needs={"paper": "choice [plain, gold]"},
    result={"sheets": "count"},
    refusals=[NoPaper],
    undo="gift.unwrap",
    changes=Changes.STOCK,
    owner="warehouse-lead",
)
async def wrap(call: Call) -> StepResult:
    if call.args["paper"] == "gold":
        raise NoPaper("The gold paper is used up.")
    return StepResult(values={"sheets": 2}, said="Wrapped in two sheets")


@action("gift.unwrap", "Takes the paper off again.", local=True)
def unwrap(call: Call) -> StepResult:
    return StepResult()
"""
)
ONE = HEAD + '@action("gift.wrap", "Wraps it."{more})\n{work}\n'
WORK = "def wrap(call: Call) -> StepResult:\n    return StepResult()"


@pytest.fixture
def settings(tmp_path):
    def of(text: str, name: str = "own.py") -> Settings:
        file = tmp_path / name
        file.write_text(text)
        return Settings.from_env({"ORDERKEEPER_ACTIONS": str(file)})

    return of


def call(**args) -> Call:
    return Call(
        "1001", "1001-F1", "wrap", 1, "1001:gift.wrap:F1.1", datetime(2026, 1, 5, tzinfo=UTC), args=args
    )


def test_without_a_setting_there_are_the_actions_we_ship():
    settings = Settings.from_env({})
    assert actions_of(settings) == ACTIONS
    assert steps_of(settings) == ()


def test_an_own_action_is_known_beside_ours(settings):
    actions = actions_of(settings(GOOD))
    assert set(actions) == {*ACTIONS, "gift.wrap", "gift.unwrap"}
    wrap = actions["gift.wrap"]
    assert (wrap.levels, wrap.refusals) == (frozenset({"fulfilment"}), ("NoPaper",))
    assert wrap.undo == "gift.unwrap"
    assert (wrap.changes, wrap.local, wrap.owner) == (Changes.STOCK, False, "warehouse-lead")
    assert actions["gift.unwrap"].local


def test_the_check_knows_its_arguments_results_refusals_and_undo(settings):
    actions = actions_of(settings(GOOD))
    step = (
        "  - id: wrap\n    title: Wrap it\n    run: gift.wrap\n    with: {paper: PAPER}\n    timeout: 9s\n"
        "    on_error: {NoPaper: pack}\n    UNDO\n  - id: capture\n"
    )
    text = config_files(SHIPPED)["flows/warehouse.yaml"].replace("go: capture,", "go: wrap,")

    def rules(paper: str, undo: str = "undo: gift.unwrap") -> list[str]:
        whole = text.replace("  - id: capture\n", step.replace("PAPER", paper).replace("UNDO", undo))
        files = config_files(SHIPPED) | {"flows/warehouse.yaml": whole}
        return [finding.rule for finding in check_shop(files, actions, notices(SHIPPED))]

    assert rules("'\"gold\"'") == []
    assert rules("'order.total'") == ["condition"]
    assert rules("'\"gold\"'", "") == ["no-undo"]


async def test_it_runs_as_an_activity_of_its_name(settings):
    steps = {activity._Definition.must_from_callable(step).name: step for step in steps_of(settings(GOOD))}
    assert set(steps) == {"gift.wrap", "gift.unwrap"}
    environment = ActivityEnvironment()
    answer = await environment.run(steps["gift.wrap"], call(paper="plain"))
    assert (answer.values, answer.said) == ({"sheets": 2}, "Wrapped in two sheets")
    with pytest.raises(Refused, match="The gold paper is used up"):
        await environment.run(steps["gift.wrap"], call(paper="gold"))
    assert environment.run(steps["gift.unwrap"], call()).values == {}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("StepResult()", "gift.wrap answered wrongly: sheets is not known."),
        (
            "StepResult(values={'sheets': 'two'})",
            "gift.wrap answered wrongly: sheets is two, which is no count.",
        ),
        ("{'sheets': 2}", "gift.wrap answered dict and not a StepResult."),
    ],
)
def test_an_answer_that_conditions_could_not_read_is_refused(settings, answer, told):
    work = f"def wrap(call: Call) -> StepResult:\n    return {answer}"
    (step,) = steps_of(settings(ONE.format(more=", result={'sheets': 'count'}", work=work)))
    with pytest.raises(Refused) as refused:
        ActivityEnvironment().run(step, call())
    assert str(refused.value) == told


LINE = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("import nothing_like_it\n", 1, "No module named 'nothing_like_it'"),
        ("from domain.step import Cal\n", 1, "cannot import name 'Cal'"),
        ("x = 1\ndef f(:\n", 2, "this is not Python"),
        ("x = 1\n\ny = 1 / 0\n", 3, "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)\n", 1, "SystemExit: 3"),
        (ONE.format(more=", needs={'paper': 'colour'}", work=WORK), LINE, "'colour' is no kind of value for 'paper'"),
        (ONE.format(more=", levels=['parcel']", work=WORK), LINE, "'parcel' is no level"),
        (ONE.format(more=", refusals=[ValueError]", work=WORK), LINE, "is no refusal"),
        (ONE.format(more=", changes='stock'", work=WORK), LINE, "changes is one of"),
        (ONE.format(more=", changes=Changes.CAPTURES", work=WORK), LINE, "changes money and names no undo"),
        (ONE.format(more=", undo='gift.unwrap'", work=WORK), LINE, "there is no such action"),
        (ONE.format(more=", undo='stock.split'", work=WORK), LINE, "needs arguments"),
        (ONE.format(more="", work="def wrap(call, more):\n    return 1"), LINE, "takes one Call and nothing else"),
        (ONE.format(more="", work="class Wrap:\n    pass"), LINE, "which is no function"),
        (ONE.format(more="", work=WORK).replace("gift.wrap", "Wrap"), LINE, "'Wrap' is no name for an action"),
        (ONE.format(more="", work=WORK).replace("gift.wrap", "payment.capture"), LINE, "is an action of Orderkeeper"),
        (ONE.format(more="", work=WORK).replace("gift.wrap", "mail.send"), LINE, "is an action of Orderkeeper"),
        (ONE.format(more="", work=WORK).replace("Wraps it.", " "), LINE, "does not say what it is about"),
        (ONE.format(more="", work=WORK) + '@action("gift.wrap", "Again.")\n' + WORK.replace("wrap(", "again("),
         LINE + 3, "is declared already"),
    ],
    ids=lambda value: str(value)[-24:],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_with_file_and_line(settings, text, line, told):
    own = settings(text)
    with pytest.raises(SettingsRefused) as refused:
        actions_of(own)
    said = str(refused.value)
    assert said.startswith(f"{own.actions}:{line}: "), said
    assert told in said
    assert "\n" not in said
    assert said.endswith(".")


def test_a_file_or_module_that_is_not_there_says_so(tmp_path):
    for place in (str(tmp_path / "nothing.py"), "no_such_module_of_ours"):
        with pytest.raises(SettingsRefused, match="ORDERKEEPER_ACTIONS: there is no "):
            actions_of(Settings.from_env({"ORDERKEEPER_ACTIONS": place}))


def test_a_package_may_hold_them(tmp_path, monkeypatch):
    package = tmp_path / "gifts_of_this_shop"
    package.mkdir()
    (package / "wrapping.py").write_text(GOOD)
    (package / "__init__.py").write_text("from gifts_of_this_shop.wrapping import unwrap, wrap\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "gift.wrap" in actions_of(Settings.from_env({"ORDERKEEPER_ACTIONS": package.name}))


def test_the_example_of_the_page_is_an_action_that_can_be_taken(settings):
    page = (ROOT / "docs" / "how-to" / "add-an-action.md").read_text()
    code = page.partition("```python\n")[2].partition("```")[0]
    assert set(actions_of(settings(code))) - set(ACTIONS) == {"erp.announce", "erp.withdraw"}
    assert Path(ROOT / "docs" / "how-to" / "add-an-action.md").is_file()
