from __future__ import annotations

from synthlint.findings import Severity
from synthlint.rules.base import Rule


class UnreadableSource(Rule):
    """## What it reports

    A file, or a notebook cell, that matters to a pipeline and cannot be parsed. A file matters when it passes the
    prescreen: it uses libraries that generate, or is connected with files that do. In a notebook the other cells
    are checked all the same, and the finding stands at the first cell that does not parse.

    ## Why

    An unparsed file reads as a clean one. Whatever it does to generated data, no rule has looked at it.

    ## Example

    ```python
    from openai import OpenAI

    client = OpenAI()
    reply = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a riddle."}]
    print(reply.choices[0].message.content)
    ```

    ## Use instead

    ```python
    from openai import OpenAI

    client = OpenAI()
    reply = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "Write a riddle."}]
    )
    print(reply.choices[0].message.content)
    ```

    ## What it does not see

    Files that have nothing to do with a pipeline: templates, other dialects and broken files elsewhere are skipped
    quietly. Magics and shell lines of notebooks are not errors.

    ## Fix safety

    There is no fix. Correct the file, or leave it out with `exclude`.

    ## References

    - Settings: `exclude`
    """

    code = "SYN900"
    name = "unreadable-source"
    message = "This file could not be parsed, so no rule was checked in it."
    severity = Severity.ERROR
    confidence = "high"
    fix = "none"
