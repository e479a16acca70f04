"""The JSON Schema of a file of priors, for editors and for whoever checks such files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMA_URL = "https://unfunnel.readthedocs.io/en/stable/_static/unfunnel-1.schema.json"

#: Written by ``docs/make_schema.py``; the documentation publishes this same file.
PATH = Path(__file__).with_name("unfunnel-1.schema.json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of a file of priors.

    An editor that is given it completes the names of distributions, families and their parameters,
    and marks mistakes. A file names it by its address under ``$schema``.

    Returns
    -------
    dict
        JSON-serializable.

    See Also
    --------
    unfunnel.files.checks.validation.problems_of : Says what is wrong in words, and finds more:
        what a schema cannot say, such as lists of unequal length.

    Notes
    -----
    Where one of several kinds of thing may stand there is one ``if`` for each, not an ``anyOf``: a
    mistake is one error, about the kind that was meant.

    Examples
    --------
    >>> import unfunnel
    >>> sorted(unfunnel.schema()["$defs"]["Gamma_parameters"]["properties"])
    ['alpha', 'beta', 'mu', 'sigma']
    """
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found
