"""What lets a saved model be loaded by a process that has not imported this package.

xarray imports every engine that an installed package names before it opens a file, and
pymc-marketing's models open theirs before they revive the priors in it. So this package names an
engine (``pyproject.toml``, ``xarray.backends``). It opens nothing: that importing it imports
:mod:`unfunnel`, which registers how our priors are revived, is all there is to it.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from xarray.backends import BackendEntrypoint

from unfunnel.files import revive

revive.register()


class ReviveOnLoad(BackendEntrypoint):
    """An engine that opens nothing."""

    description: ClassVar[str] = "Opens no files; lets models with priors of unfunnel be loaded"

    def open_dataset(self, filename_or_obj: Any, *, drop_variables: Any = None) -> NoReturn:
        """Refuse; xarray reads the names of the parameters."""
        raise NotImplementedError("The engine 'unfunnel' opens no files: name another one.")
