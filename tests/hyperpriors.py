"""A prior of every distribution whose law is known, in a form that PyMC offers for it."""

from __future__ import annotations

HYPERPRIORS = {
    "Beta": {"mu": 0.3, "sigma": 0.1},
    "Cauchy": {"alpha": 0.2, "beta": 0.7},
    "Exponential": {"lam": 2.0},
    "Gamma": {"mu": 1.5, "sigma": 0.5},
    "HalfCauchy": {"beta": 0.7},
    "HalfNormal": {"tau": 4.0},
    "HalfStudentT": {"nu": 5, "sigma": 0.7},
    "InverseGamma": {"mu": 0.5, "sigma": 0.2},
    "Laplace": {"mu": 0.4, "b": 0.6},
    "LogNormal": {"mu": -1.0, "sigma": 0.5},
    "Logistic": {"mu": 0.4, "s": 0.6},
    "Normal": {"mu": -1, "sigma": 2},
    "Pareto": {"alpha": 4.0, "m": 0.3},
    "StudentT": {"nu": 5, "mu": 0.2, "sigma": 0.7},
    "TruncatedNormal": {"mu": 0.5, "sigma": 2.0, "lower": 0.1},
    "Uniform": {"lower": 0.5, "upper": 2.0},
    "Weibull": {"alpha": 1.5, "beta": 2.0},
}
