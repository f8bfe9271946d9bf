"""Serves localstripe on this machine alone, until its standard input closes."""

import json
import os
import sys
import threading
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from localstripe import resources  # type: ignore[import-untyped]  # ships no types
from localstripe.server import app  # type: ignore[import-untyped]  # ships no types


@web.middleware
async def lend(request, handler):
    """What our adapter asks for and reads beyond what localstripe knows; see LENT in another_stripe.py."""
    query = [(k, v) for k, v in parse_qsl(request.rel_url.raw_query_string) if not k.startswith("created[")]
    request = request.clone(rel_url=request.rel_url.with_query(query))
    if request.method == "POST":
        form = parse_qsl((await request.text()), keep_blank_values=True)
        kept = [(k, v) for k, v in form if not k.startswith("allowed_payment_method_types")]
        request._read_bytes = urlencode(kept).encode()
    answer = await handler(request)
    if answer.status == 200 and "/v1/" in request.path and answer.body:
        answer = web.json_response(_richer(json.loads(answer.text)))
    return answer


def _richer(thing):
    if thing.get("object") == "list":
        thing["data"] = [_richer(each) for each in thing["data"]]
    if thing.get("object") == "payment_intent" and thing.get("latest_charge"):
        charge = thing["latest_charge"] = _richer(thing["latest_charge"])
        thing["amount_received"] = charge["amount_captured"]
    if thing.get("object") == "payment_intent":
        thing.setdefault("amount_received", 0)
    if thing.get("object") == "charge":
        # What was not captured stands there as a refund of nobody's.
        let_go = sum(each["amount"] for each in thing["refunds"]["data"] if not each["metadata"])
        thing["amount_captured"] = thing["amount"] - let_go if thing["captured"] else 0
        thing["payment_method_details"] = {"card": {"capture_before": thing["created"] + 7 * 86_400}}
        if isinstance(thing.get("payment_intent"), dict):
            thing["payment_intent"] = _richer(thing["payment_intent"])
    return thing


def _end_with_the_tests():
    sys.stdin.read()
    os._exit(0)


# It keeps all it has in one file of the temporary folder, which other runs would share.
resources.Store.dump_to_disk = lambda _: None
app.middlewares.insert(0, lend)
threading.Thread(target=_end_with_the_tests, daemon=True).start()
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
