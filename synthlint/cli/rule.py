"""`synthlint rule [CODE]`: the page of a rule, or the table of all."""

from __future__ import annotations

import difflib
import inspect
import sys
from typing import Any

import click

from synthlint import rules as catalogue
from synthlint.cli import terminal
from synthlint.cli.completion import complete_code


@click.command(short_help="Explain a rule, or list all rules.")
@click.argument("code", required=False, shell_complete=complete_code)
def command(code: str | None) -> None:
    """Explain a rule, given by its code or name; without one, list all rules."""
    rules = catalogue.registry()
    text = table(rules) if code is None else page(_find(code, rules))
    if terminal.colours(sys.stdout):
        _print_markdown(text)
    else:
        terminal.result(text)


def _find(code: str, rules: dict[str, Any]) -> Any:
    names = {rule.name: rule for rule in rules.values()}
    found = rules.get(code.upper()) or names.get(code.lower())
    if found is None:
        close = difflib.get_close_matches(code.upper(), rules, 1) or difflib.get_close_matches(code.lower(), names, 1)
        remedy = f"did you mean {close[0]}?" if close else "'synthlint rule' lists all rules"
        raise click.UsageError(f"{code!r} is not a rule; {remedy}")
    return found


def page(rule: Any) -> str:
    """The published page of a rule, in Markdown: its title, its facts, its docstring."""
    status = {"on": "on by default", "preview": "in preview", "audit": "reported by `synthlint audit`"}[rule.status]
    fix = {"none": "no fix", "advice": "advice only"}.get(rule.fix, f"{rule.fix} fix")
    severity = getattr(rule.severity, "value", rule.severity)
    facts = f"*{severity}* · *confidence {rule.confidence}* · *{status}* · *{fix}* · *since {rule.since}*"
    options = "".join(f"- `{name}`, by default `{value}`\n" for name, value in getattr(rule, "options", {}).items())
    options = f"\n## Options\n\nUnder `[tool.synthlint.rules.{rule.code}]`:\n\n{options}" if options else ""
    return (
        f"# {rule.code} {rule.name}\n\n{facts}\n\n> {rule.message}\n\n{inspect.cleandoc(rule.__doc__ or '')}\n{options}"
    )


def table(rules: dict[str, Any], link: str = "") -> str:
    """All rules as a Markdown table; `link` says where the page of a `{code}` is."""
    lines = ["| code | name | severity | status | fix |", "|---|---|---|---|---|"]
    for code, rule in sorted(rules.items()):
        severity = getattr(rule.severity, "value", rule.severity)
        shown = f"[{code}]({link.format(code=code)})" if link else code
        lines.append(f"| {shown} | {rule.name} | {severity} | {rule.status} | {rule.fix} |")
    return "\n".join(lines) + "\n"


def _print_markdown(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True, width=min(Console().width, 110))
    console.print(Markdown(text))
