"""Where the page of a rule is published, as the package's own metadata says."""

from __future__ import annotations

from functools import lru_cache


def rule_url(code: str) -> str | None:
    """The address of a rule's page; None while the package names no documentation."""
    site = _documentation()
    return f"{site.rstrip('/')}/rules/{code}/" if site else None


def linked(text: str, url: str | None) -> str:
    """The text as a link that a terminal can open (OSC 8)."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if url else text


@lru_cache(maxsize=1)
def _documentation() -> str | None:
    from importlib import metadata  # costs 10 ms, and most reports have no links

    try:
        urls = metadata.metadata("synthlint").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    named = dict(one.split(", ", 1) for one in urls)
    return named.get("Documentation")
