"""What schemathesis must know of Plugdesk: two media types, and the rules that no schema can say.

`beyond.json` names those rules with their reasons. A request that fits the schema and is refused by one of them alone is
no failure; everything else that is refused although it fits is one. No check is switched off.
"""

import json
import os
import pathlib

import schemathesis

BEYOND = json.loads((pathlib.Path(__file__).parent / "beyond.json").read_text())
OWN_KEY = os.environ.get("PLUGDESK_FUZZ_KEY_ID", "")


def _octets(value):
    return {"data": value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")}


@schemathesis.serializer("application/x-tar", "application/jsonl")
def octets(ctx, value):
    return _octets(value)["data"]


@schemathesis.deserializer("application/octet-stream")
def as_text(ctx, response):
    return response.content.decode("utf-8", "replace")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Hundreds of fields take it minutes to make. The walk in the tests sends them."""
    waiting = [raw_schema]
    while waiting:
        it = waiting.pop()
        if isinstance(it, dict):
            if isinstance(it.get("maxProperties"), int) and it["maxProperties"] > 64:
                del it["maxProperties"]
            waiting.extend(it.values())
        elif isinstance(it, list):
            waiting.extend(it)


@schemathesis.hook
def before_call(context, case, kwargs):
    """The key that asks must not be taken away."""
    if OWN_KEY and (case.path_parameters or {}).get("id") == OWN_KEY:
        case.path_parameters["id"] = "key_00000000000000000000000000"


def rules_of(response):
    try:
        problem = response.json()
    except ValueError:
        return []
    rules = [error["detail"] for error in problem.get("errors") or []]
    return rules or [problem.get("detail", "")]


def is_beyond(operation, rule):
    return any((operation in it["operations"] or "*" in it["operations"]) and it["rule"] in rule for it in BEYOND)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A rule that no schema can say excuses that it was refused, and nothing else."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code not in (400, 422):
        return True
    rules = rules_of(response)
    return not (rules and all(is_beyond(case.operation.label, rule) for rule in rules))
