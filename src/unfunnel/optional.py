"""Optional dependencies: imported when needed, named with the command that installs them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from unfunnel.errors import MissingExtraError


def require(module: str, extra: str) -> Any:
    """Import an optional module, or name the extra of this package that installs it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and not module.startswith(error.name):
            raise  # the module is there, something it needs is not
        raise MissingExtraError(
            module,
            expected=f"it to be installed for what the extra {extra!r} offers",
            given="no such module",
            remedy=f"Run: pip install 'unfunnel[{extra}]'",
        ) from error
