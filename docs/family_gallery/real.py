"""The families on the real line."""

from __future__ import annotations

from family_gallery.record import Record, Setting

NORMAL_IDENTITY = Record(
    summary="Real-valued effects with normal tails.",
    effects=(("of either sign", "NormalIdentity(mu, sigma)"),),
    use=(
        "Effects that may have either sign: intercepts, trends, controls, seasonal coefficients.",
        "If single groups may lie far from the others, "
        "[StudentTIdentity](studenttidentity.md); if most are close to the mean and a few are"
        " not, [LaplaceIdentity](laplaceidentity.md).",
        "Do not use it for effects whose sign is known: a media effect belongs to "
        "[LogNormalExp](lognormalexp.md).",
    ),
    example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import NormalIdentity

prior = NormalIdentity(
    mu=Prior("Normal", mu=0, sigma=1), sigma=Prior("HalfNormal", sigma=0.5), dims="geo"
)
with pm.Model(coords={"geo": ["north", "south", "islands"]}) as model:
    effect = prior.create_variable("effect")
""",
    settings=(
        Setting(
            r"\phi",
            (
                {"mu": 0, "sigma": 0.5},
                {"mu": 0, "sigma": 1},
                {"mu": 0, "sigma": 2},
                {"mu": 2, "sigma": 1},
            ),
        ),
    ),
    formulas=r"""
$$
\mathrm{location} = \mu, \qquad \mathrm{scale} = \sigma
$$
""",
    source=(
        "Johnson, Kotz & Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 13"
    ),
)

STUDENT_T_IDENTITY = Record(
    summary="Real-valued effects of which single ones may lie far away.",
    effects=(
        (
            "of either sign, single groups far from the others",
            "StudentTIdentity(mu, sigma, nu=5)",
        ),
    ),
    use=(
        "Groups that are alike but for a few outliers, which should be left where their data "
        "put them rather than be pulled to the mean: regions with a crisis, campaigns that "
        "went wrong.",
        "`sigma` is the standard deviation, whatever `nu` is. So `nu` must exceed 2, and `mu`"
        " and `sigma` mean the same as in [NormalIdentity](normalidentity.md), to which it "
        "comes close from `nu=30`.",
        "A few groups say little about `nu`: fix it (4 to 7), or give it a prior above 2 such"
        " as `LogNormalExp(mu=6, sigma=3, lower=2)`.",
    ),
    example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import LogNormalExp, StudentTIdentity

prior = StudentTIdentity(
    mu=Prior("Normal", mu=0, sigma=1),
    sigma=Prior("HalfNormal", sigma=0.5),
    nu=LogNormalExp(mu=6, sigma=3, lower=2),
    dims="geo",
)
with pm.Model(coords={"geo": ["north", "south", "islands"]}) as model:
    effect = prior.create_variable("effect")
""",
    settings=(
        Setting(
            r"\phi",
            (
                {"mu": 0, "sigma": 1, "nu": 3},
                {"mu": 0, "sigma": 1, "nu": 7},
                {"mu": 0, "sigma": 2, "nu": 3},
                {"mu": 2, "sigma": 1, "nu": 3},
            ),
        ),
    ),
    formulas=r"""
$$
\mathrm{location} = \mu, \qquad
\mathrm{scale} = \sigma \sqrt{\frac{\nu - 2}{\nu}}, \qquad
\sigma = \mathrm{scale} \sqrt{\frac{\nu}{\nu - 2}}
$$
""",
    source=(
        "Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 28"
    ),
    beside="NormalIdentity",
)

LAPLACE_IDENTITY = Record(
    summary="Real-valued effects of which most are close to the mean.",
    effects=(("of either sign, most close to the mean", "LaplaceIdentity(mu, sigma)"),),
    use=(
        "Many controls of which most matter little: `LaplaceIdentity(mu=0, sigma=...)`. It "
        "pulls small effects to the mean more than [NormalIdentity](normalidentity.md), and "
        "large ones less.",
        "Its tails lie between those of NormalIdentity and "
        "[StudentTIdentity](studenttidentity.md).",
        "Posterior means are not exactly zero: it does not select variables.",
    ),
    example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import LaplaceIdentity

prior = LaplaceIdentity(mu=0, sigma=Prior("HalfNormal", sigma=0.5), dims="control")
with pm.Model(coords={"control": ["price", "weather", "holiday"]}) as model:
    effect = prior.create_variable("effect")
""",
    settings=(
        Setting(
            r"\phi",
            (
                {"mu": 0, "sigma": 1},
                {"mu": 0, "sigma": 0.5},
                {"mu": 0, "sigma": 2},
                {"mu": 2, "sigma": 1},
            ),
        ),
    ),
    formulas=r"""
$$
\mathrm{location} = \mu, \qquad
\mathrm{scale} = \frac{\sigma}{\sqrt{2}}, \qquad
\sigma = \sqrt{2}\,\mathrm{scale}
$$
""",
    source=(
        "Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 24"
    ),
    beside="NormalIdentity",
)
