"""Records of fits on disk: a file for each, there as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What a fit is: names, seeds and lengths, plain values that tell it from every other.
Settings = Mapping[str, Any]

#: The settings of a fit and its figures.
Record = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """A folder of records, each in a JSON file that is called as its settings are."""

    folder: Path

    def path(self, settings: Settings) -> Path:
        """Return the file of a fit."""
        name = "_".join(str(value) for value in settings.values())
        return self.folder / f"{re.sub(r'[^\w.-]', '-', name)}.json"

    def read(self, settings: Settings) -> Record | None:
        """Return the record of a fit, if it was run."""
        path = self.path(settings)
        if not path.exists():
            return None
        record: Record = json.loads(path.read_text(encoding="utf-8"))
        return record

    def write(self, settings: Settings, record: Record) -> None:
        """Store a record; whoever is interrupted here leaves what was there before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(settings)
        unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
        unfinished.write_text(json.dumps(record), encoding="utf-8")
        os.replace(unfinished, path)
