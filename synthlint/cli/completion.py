"""What the shell offers when a user presses Tab."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from synthlint import rules as catalogue


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rule codes, with their names as help; after a comma the next one."""
    done, comma, begun = incomplete.rpartition(",")
    rules = catalogue.registry().items()
    return [
        CompletionItem(f"{done}{comma}{code}", help=rule.name) for code, rule in rules if code.startswith(begun.upper())
    ]
