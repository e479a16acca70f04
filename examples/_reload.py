"""Read priors from JSON, build the panel model and print its log density at saved points.

The demo runs this file in a new process: nothing but the JSON file connects the two models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from _models import grunfeld, panel_model, plain_logp
from pymc_extras.deserialize import deserialize

import unfunnel  # noqa: F401  (from here on, pymc-extras can read the library's priors)


def main(priors_path: str, points_path: str) -> None:
    """Print the log density at each point, as JSON."""
    priors = {
        name: deserialize(data) for name, data in json.loads(Path(priors_path).read_text()).items()
    }
    logp = plain_logp(panel_model(priors, grunfeld()))
    with np.load(points_path) as points:
        count = len(next(iter(points.values())))
        values = [float(logp({name: points[name][i] for name in points})) for i in range(count)]
    json.dump(values, sys.stdout)  # floats are written so that they are read back exactly


if __name__ == "__main__":
    main(*sys.argv[1:])
