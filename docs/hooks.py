"""Pages that mkdocs builds from the package: the rules, the settings, the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from mkdocs.structure.files import File, Files

from synthlint.cli import COMMANDS, cli
from synthlint.cli.rule import page, table
from synthlint.rules import registry
from synthlint.settings.options import Options, keys
from synthlint.settings.show import toml


def on_config(config: Any) -> Any:
    """Put every rule into the navigation."""
    for section in config.nav:
        if "Rules" in section:
            section["Rules"] = ["rules/index.md", *(f"rules/{code}.md" for code in registry())]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the page of every rule, and the table of all."""
    for code, rule in registry().items():
        files.append(File.generated(config, f"rules/{code}.md", content=page(rule)))
    text = "# Rules\n\n" + table(registry(), link="{code}.md")
    files.append(File.generated(config, "rules/index.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the references."""
    return markdown.replace("<!-- settings -->", "\n".join(settings())).replace(
        "<!-- commands -->", "\n".join(commands())
    )


def settings() -> Iterator[str]:
    """One section for each key, with its default and an example."""
    defaults = Options()
    for key, field in keys():
        yield f"### `{key}`\n\n{field.metadata['doc']}\n"
        yield f"Default: `{toml(getattr(defaults, field.name))}`\n"
        yield f"```toml\n[tool.synthlint]\n{key} = {field.metadata['example']}\n```\n"


def commands() -> Iterator[str]:
    """The options of each sub-command, as its help has them."""
    context = click.Context(cli, info_name="synthlint")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield f"## `synthlint {name}`\n\n{' '.join((command.help or '').split())}\n"
        options = [one for one in command.params if isinstance(one, click.Option)]
        records = [one.get_help_record(click.Context(command, info_name=name)) for one in options]
        yield "\n".join(_rows([one for one in records if one]))
        yield ""


def _rows(records: list[tuple[str, str]]) -> Iterator[str]:
    if records:
        yield "| option | meaning |\n|---|---|"
    for option, meaning in records:
        shown = option.replace("[=REASON]", "=REASON").replace("|", "/")
        yield f"| `{shown}` | {meaning} |"
