"""Hyperpriors for standard deviations, and what they say about small and large ones.

>>> from unfunnel import scales
>>> scales.pc(upper=1, tail=0.01)
Prior("Exponential", lam=4.605170185988091)

Each function returns a ``pymc_extras.prior.Prior``, from its own parameters or from statements such
as ``P(sigma > upper) = upper_tail``. :func:`compare` sets priors side by side. Only making a
``Prior`` imports PyMC.
"""

from __future__ import annotations

from unfunnel.elicitation.scales.comparison import Comparison, compare
from unfunnel.elicitation.scales.one_parameter import exponential, half_normal, pc
from unfunnel.elicitation.scales.two_parameters import half_student_t, inverse_gamma, lognormal

__all__ = [
    "Comparison",
    "compare",
    "exponential",
    "half_normal",
    "half_student_t",
    "inverse_gamma",
    "lognormal",
    "pc",
]
