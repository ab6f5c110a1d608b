"""Where the documentation is published, and links to it."""

from __future__ import annotations

from functools import lru_cache


def page(site: str, code: str) -> str:
    """The address of a rule's page on a site of this documentation."""
    return f"{site.rstrip('/')}/rules/{code}/"


def linked(text: str, url: str | None) -> str:
    """The text as a link that a terminal can open (OSC 8)."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if url else text


@lru_cache(maxsize=1)
def published() -> str | None:
    """The site that the package's own metadata names; None while it names none."""
    from importlib import metadata  # costs 10 ms, and most reports have no links

    try:
        urls = metadata.metadata("synthlint").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    return dict(one.split(", ", 1) for one in urls).get("Documentation")
