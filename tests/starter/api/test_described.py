"""The doors answer as they are described, whoever knocks and whatever is sent, and never with a 5xx."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.starter.api.test_api import PEOPLE, app, shop, tokens

__all__ = ["app", "shop", "tokens"]
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
CALM = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_no_answer_is_undocumented(app, tokens, name):
    headers = {"authorization": f"Bearer {tokens.give(name, 'a test')}"} if name else {}
    described = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @CALM
        @given(case=operation.as_strategy())
        def knock(case):
            case.call_and_validate(headers=headers, checks=list(CHECKS))

        knock()
