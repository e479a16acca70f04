"""Long runs that the others are compared with: of the better fixed form, with short steps."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.classic_fits import build, by_nutpie, judged
from benchmarks.classic_grid import FIXED_WAYS, ClassicFit, Way
from benchmarks.classic_models.parts import Form
from benchmarks.measures import FAILED, diagnostics, estimates
from benchmarks.store import Record, Settings

#: A reference with a larger R-hat than this is none.
MOST_RHAT = 1.01

_DRAWS, _TUNE, _TARGET_ACCEPT = 5000, 2000, 0.95


def reference_grid(records: Iterable[Record]) -> list[Settings]:
    """Return the settings of a reference for each model and prior that has fits of a fixed form.

    The form is that with the most effective draws per gradient, over all seeds.
    """
    found: dict[tuple[str, str, bool], dict[str, list[float]]] = {}
    for record in records:
        if record["way"] in FIXED_WAYS:
            key = (record["model"], record["priors"], record["small"])
            found.setdefault(key, {}).setdefault(record["way"], []).append(record["ess_per_kgrad"])
    return [
        {"reference": model, "priors": priors, "form": _best(of_forms), "small": small}
        for (model, priors, small), of_forms in found.items()
    ]


def fit_reference(settings: Settings) -> Record:
    """Return the figures of a reference."""
    of_model = (settings["reference"], settings["priors"], settings["form"], 1000)
    fit = ClassicFit(*of_model, _DRAWS, _TUNE, small=settings["small"])
    form = Form.CENTERED if fit.way == Way.CENTERED else Form.NONCENTERED
    try:
        found = by_nutpie(build(fit, form), *judged(fit), fit, target_accept=_TARGET_ACCEPT)
    except (RuntimeError, ValueError) as error:  # nutpie raises the first
        return FAILED | {"error": str(error), "estimates": {}}
    return diagnostics(found.trace, found.names) | {
        "error": "",
        "estimates": estimates(found.trace, found.names, found.positive),
    }


def _best(of_forms: dict[str, list[float]]) -> str:
    return max(of_forms, key=lambda form: sorted(of_forms[form])[len(of_forms[form]) // 2])
