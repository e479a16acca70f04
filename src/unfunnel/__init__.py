"""Hierarchical priors for PyMC, stated in natural units, that sample without funnels.

Importing this package imports no PyMC; the names below do, when they are first used.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from unfunnel.files import revive

if TYPE_CHECKING:
    from unfunnel.elicitation import scales
    from unfunnel.elicitation.hierarchy import elicit_hierarchy
    from unfunnel.files.api import dump, dumps, load, loads
    from unfunnel.files.grammar.schema import schema
    from unfunnel.files.problems import ConfigError
    from unfunnel.files.revive import patch_prior_from_dict
    from unfunnel.moments.report import Implied
    from unfunnel.predict import extend_posterior
    from unfunnel.prior.by_coord.factory import ByCoord
    from unfunnel.prior.classes import (
        LaplaceIdentity,
        LogNormalExp,
        NormalIdentity,
        ProbitNormal,
        StudentTIdentity,
        WeibullExp,
    )
    from unfunnel.tuning.adopt import reparameterize
    from unfunnel.tuning.doubts import TuningWarning
    from unfunnel.tuning.report import TuningReport
    from unfunnel.tuning.sample import sample
    from unfunnel.tuning.tune import tune

__version__ = "0.1.0"

_PUBLIC = {
    "ByCoord": "unfunnel.prior.by_coord.factory",
    "Implied": "unfunnel.moments.report",
    "dump": "unfunnel.files.api",
    "dumps": "unfunnel.files.api",
    "elicit_hierarchy": "unfunnel.elicitation.hierarchy",
    "load": "unfunnel.files.api",
    "loads": "unfunnel.files.api",
    "LaplaceIdentity": "unfunnel.prior.classes",
    "LogNormalExp": "unfunnel.prior.classes",
    "NormalIdentity": "unfunnel.prior.classes",
    "ProbitNormal": "unfunnel.prior.classes",
    "StudentTIdentity": "unfunnel.prior.classes",
    "WeibullExp": "unfunnel.prior.classes",
    "extend_posterior": "unfunnel.predict",
    "patch_prior_from_dict": "unfunnel.files.revive",
    "TuningReport": "unfunnel.tuning.report",
    "TuningWarning": "unfunnel.tuning.doubts",
    "reparameterize": "unfunnel.tuning.adopt",
    "sample": "unfunnel.tuning.sample",
    "tune": "unfunnel.tuning.tune",
}

#: Public names that need no PyMC.
_PUBLIC_WITHOUT_PYMC = {
    "ConfigError": "unfunnel.files.problems",
    "schema": "unfunnel.files.grammar.schema",
}

__all__ = [
    "ByCoord",
    "ConfigError",
    "Implied",
    "LaplaceIdentity",
    "LogNormalExp",
    "NormalIdentity",
    "ProbitNormal",
    "StudentTIdentity",
    "TuningReport",
    "TuningWarning",
    "WeibullExp",
    "__version__",
    "dump",
    "dumps",
    "elicit_hierarchy",
    "extend_posterior",
    "load",
    "loads",
    "patch_prior_from_dict",
    "reparameterize",
    "sample",
    "scales",
    "schema",
    "tune",
]

logging.getLogger("unfunnel").addHandler(logging.NullHandler())
revive.register()


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name in _PUBLIC:
        # First, and from here: nested deeper inside our modules the same import takes a tenth
        # longer (measured; scipy.signal, for one, then takes four times as long).
        import_module("pymc_extras.prior")
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _PUBLIC_WITHOUT_PYMC:
        return getattr(import_module(_PUBLIC_WITHOUT_PYMC[name]), name)
    if name == "scales":
        return import_module("unfunnel.elicitation.scales")
    raise AttributeError(f"module 'unfunnel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
