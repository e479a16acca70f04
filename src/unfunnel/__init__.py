"""Hierarchical priors for PyMC, stated in natural units, that sample without funnels.

Importing this package imports no PyMC; the names below do, when they are first used.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from unfunnel.files import revive

__version__ = "0.1.0"

#: Where each public name is; ``__init__.pyi`` says the same to type checkers.
_PUBLIC = {
    "ByCoord": "unfunnel.prior.by_coord",
    "ConfigError": "unfunnel.files.problems",
    "Implied": "unfunnel.moments.report",
    "LaplaceIdentity": "unfunnel.prior.classes",
    "LogNormalExp": "unfunnel.prior.classes",
    "NormalIdentity": "unfunnel.prior.classes",
    "ProbitNormal": "unfunnel.prior.classes",
    "SamplingWarning": "unfunnel.tuning.check",
    "StudentTIdentity": "unfunnel.prior.classes",
    "TuningReport": "unfunnel.tuning.report",
    "TuningWarning": "unfunnel.tuning.check",
    "WeibullExp": "unfunnel.prior.classes",
    "dump": "unfunnel.files.api",
    "dumps": "unfunnel.files.api",
    "elicit_hierarchy": "unfunnel.elicitation.hierarchy",
    "extend_posterior": "unfunnel.predict",
    "load": "unfunnel.files.api",
    "loads": "unfunnel.files.api",
    "patch_prior_from_dict": "unfunnel.files.revive",
    "reparameterize": "unfunnel.tuning.reparameterize",
    "sample": "unfunnel.tuning.api",
    "scales": "unfunnel.elicitation.scales",
    "schema": "unfunnel.files.grammar",
    "tune": "unfunnel.tuning.api",
}
_WITHOUT_PYMC = {"ConfigError", "scales", "schema"}

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604  # the keys are texts

logging.getLogger("unfunnel").addHandler(logging.NullHandler())
revive.register()


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'unfunnel' has no attribute {name!r}")
    if name not in _WITHOUT_PYMC:
        # First, and from here: nested deeper inside our modules the same import takes a tenth
        # longer (measured; scipy.signal, for one, then takes four times as long).
        import_module("pymc_extras.prior")
    module = import_module(_PUBLIC[name])
    return module if name == "scales" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
