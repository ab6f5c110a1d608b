"""The JSON Schema of `[tool.synthlint]`, for editors and validators."""

from __future__ import annotations

import json
from typing import Any

from synthlint.settings.kinds import KINDS
from synthlint.settings.options import keys

TITLE = "Settings of synthlint: synthlint.toml, or [tool.synthlint] in pyproject.toml"


def document() -> dict[str, Any]:
    """The schema, with the sentence that documents each key."""
    properties = {
        key: {"description": one.metadata["doc"], **KINDS[one.metadata["kind"]].schema} for key, one in keys()
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def text() -> str:
    """The schema as it is kept in the tree."""
    return json.dumps(document(), indent=2) + "\n"
