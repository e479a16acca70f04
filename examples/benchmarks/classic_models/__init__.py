"""The models that the field teaches with, each in both forms and with two sets of priors.

Plain PyMC, as anybody would write it: nothing here knows of this library. What a form changes is in
:mod:`benchmarks.classic_models.parts`.
"""

from benchmarks.classic_models import counts, growth, made_up, schools, variance
from benchmarks.classic_models.parts import Classic

#: Every model by its name.
CLASSICS: dict[str, Classic] = {
    classic.name: classic
    for family in (variance, growth, schools, counts, made_up)
    for classic in family.MODELS
}
