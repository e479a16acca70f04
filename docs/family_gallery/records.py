"""What only a person knows of a family: when to use it, and its formulas as they are printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One support of a family, and the laws drawn on it.

    Parameters
    ----------
    theta : str
        The unconstrained variable as a function of ``phi``, in LaTeX.
    laws : tuple of dict
        Parameters of the laws that are drawn and tabulated.
    bounds : dict
        What makes the support, by keyword; without it, the usual one.
    """

    theta: str
    laws: tuple[dict[str, float], ...]
    bounds: dict[str, float] = field(default_factory=dict)

    def written(self, name: str, law: dict[str, float]) -> str:
        """Return one of the laws as it is written in Python."""
        said = ", ".join(f"{key}={value:g}" for key, value in {**law, **self.bounds}.items())
        return f"{name}({said})"


@dataclass(frozen=True)
class Record:
    """What a page says of a family that the library does not know.

    Parameters
    ----------
    summary : str
        One sentence.
    effects : tuple of (str, str)
        Effects and how their prior is written, one row of the table of families each.
    use : tuple of str
        When to use it, and when another.
    example : str
        The block of code: it defines ``prior``, and a ``model`` with the variable ``effect``.
    settings : tuple of Setting
        The supports.
    formulas : str
        From the moments to location and scale and back, in Markdown with LaTeX.
    source : str
        Where the formulas stand.
    beside : str or None
        The family whose law with the same moments is drawn beside the first law.
    note : str
        A limit that has to be known.
    """

    summary: str
    effects: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    example: str
    settings: tuple[Setting, ...]
    formulas: str
    source: str
    beside: str | None = None
    note: str = ""

    def run_example(self) -> dict[str, Any]:
        """Run the block of code and return what it defined."""
        namespace: dict[str, Any] = {}
        exec(compile(self.example, "example of a family", "exec"), namespace)  # noqa: S102
        return namespace


_NUMBA = (
    "Location and scale are the root of an equation, which is solved whenever the density is "
    "evaluated. Models compile with Numba and C, not with JAX."
)

RECORDS: dict[str, Record] = {
    "LogNormalExp": Record(
        summary=(
            "Positive effects, or effects on one side of a bound, stated by mean and standard "
            "deviation."
        ),
        effects=(
            ("positive: media effects, saturation scales", "LogNormalExp(mu, sigma)"),
            ("positive, spread in proportion to the mean", "LogNormalExp(mu, cv=0.5)"),
            ("above a bound: Hill exponents above 1", "LogNormalExp(mu, sigma, lower=1)"),
            ("below a bound: negative price elasticities", "LogNormalExp(mu, sigma, upper=0)"),
        ),
        use=(
            "The first choice for positive effects: media coefficients, half-saturation points, "
            "baseline sales.",
            "`cv=` where effects differ in proportion: channels of very different size, whose "
            "standard deviation nobody can state but whose differences are, say, half of the "
            "mean.",
            "`lower=1` for Hill exponents of S-shaped saturation, `upper=0` for price "
            "elasticities. `mu` and `sigma` stay those of the variable itself, not of its "
            "distance from the bound.",
            "The density vanishes at the bound. If an effect may well be almost zero, use "
            "[WeibullExp](weibullexp.md); with two bounds, [ProbitNormal](probitnormal.md).",
        ),
        example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import LogNormalExp

prior = LogNormalExp(
    mu=Prior("Gamma", mu=1.5, sigma=0.5), sigma=Prior("Exponential", scale=0.5), dims="channel"
)
with pm.Model(coords={"channel": ["tv", "search", "social"], "brand": ["a", "b"]}) as model:
    effect = prior.create_variable("effect")

    # Hill exponents above 1, and negative elasticities around a negative mean
    LogNormalExp(mu=2.5, sigma=0.8, lower=1, dims="channel").create_variable("exponent")
    mean = LogNormalExp(mu=-2, sigma=0.5, upper=0)
    LogNormalExp(mu=mean, cv=0.3, upper=0, dims="brand").create_variable("elasticity")
""",
        settings=(
            Setting(
                r"\log \phi",
                (
                    {"mu": 1.5, "sigma": 0.5},
                    {"mu": 1.5, "sigma": 1},
                    {"mu": 1.5, "sigma": 2},
                    {"mu": 3, "sigma": 1},
                ),
            ),
            Setting(
                r"\log(\phi - \mathrm{lower})",
                ({"mu": 2, "sigma": 0.5}, {"mu": 2.5, "sigma": 0.8}, {"mu": 2.5, "sigma": 1.5}),
                {"lower": 1},
            ),
            Setting(
                r"-\log(\mathrm{upper} - \phi)",
                ({"mu": -1.2, "sigma": 0.5}, {"mu": -2, "sigma": 0.6}, {"mu": -2, "sigma": 1.5}),
                {"upper": 0},
            ),
        ),
        formulas=r"""
With $\delta$ the distance of `mu` from the bound, which is $\mu$, $\mu - \mathrm{lower}$ or
$\mathrm{upper} - \mu$, and `cv` $= \sigma / \delta$:

$$
\mathrm{scale}^2 = \log\left(1 + \frac{\sigma^2}{\delta^2}\right), \qquad
\mathrm{location} = \log \delta - \tfrac12 \mathrm{scale}^2
$$

$$
\delta = \exp\left(\mathrm{location} + \tfrac12 \mathrm{scale}^2\right), \qquad
\sigma = \delta \sqrt{\exp(\mathrm{scale}^2) - 1}
$$

With `upper=`, $\theta$ is minus a logarithm, and its location has the other sign.
""",
        source=(
            "Johnson, Kotz & Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 14"
        ),
    ),
    "WeibullExp": Record(
        summary="Positive effects that may come close to zero, with a light right tail.",
        effects=(("positive, some of them almost zero", "WeibullExp(mu, sigma)"),),
        use=(
            "Positive effects of which some may be almost zero: many small channels, promotions "
            "that may not work. Below the 5 % quantile it lies far under a "
            "[LogNormalExp](lognormalexp.md) with the same moments; elsewhere the two are close.",
            "Positive effects where very large values would do harm: the right tail is lighter.",
            "With `cv=1` it is the exponential law, with a smaller one its density is a bell, "
            "with a larger one it is infinite at zero.",
        ),
        example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import WeibullExp

prior = WeibullExp(
    mu=Prior("Gamma", mu=1, sigma=0.4), cv=Prior("Gamma", mu=0.6, sigma=0.2), dims="channel"
)
with pm.Model(coords={"channel": ["tv", "search", "social"]}) as model:
    effect = prior.create_variable("effect")
""",
        settings=(
            Setting(
                r"\log \phi",
                (
                    {"mu": 1.5, "sigma": 1},
                    {"mu": 1.5, "sigma": 0.5},
                    {"mu": 1.5, "sigma": 1.5},
                    {"mu": 3, "sigma": 1},
                ),
            ),
        ),
        formulas=r"""
The scale solves an equation with one root, and `cv` $= \sigma / \mu$:

$$
\log\left(1 + \frac{\sigma^2}{\mu^2}\right)
= \log\Gamma(1 + 2\,\mathrm{scale}) - 2 \log\Gamma(1 + \mathrm{scale}), \qquad
\mathrm{location} = \log \mu - \log\Gamma(1 + \mathrm{scale})
$$

In the usual parameters the shape is $1 / \mathrm{scale}$ and the scale $\exp(\mathrm{location})$.
""",
        source=(
            "Johnson, Kotz & Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 21"
        ),
        beside="LogNormalExp",
        note=_NUMBA,
    ),
    "ProbitNormal": Record(
        summary=(
            "Effects between two bounds, such as rates and shares, stated by mean and standard "
            "deviation."
        ),
        effects=(
            ("a rate or share: adstock retention", "ProbitNormal(mu, spread=0.4)"),
            ("between two bounds", "ProbitNormal(mu, sigma, lower=-1, upper=1)"),
        ),
        use=(
            "Adstock rates, retention, conversion and market shares. It stands close to the Beta "
            "law with the same moments, and unlike that has a non-centered form.",
            "pymc-marketing's usual prior of an adstock rate, `Beta(1, 3)`, has mean 0.25 and "
            "standard deviation 0.194, a `spread` of 0.447: `ProbitNormal(0.25, spread=0.447)`.",
            "The standard deviation has a largest possible value, which depends on the mean. So a"
            " random one is stated by `spread`, its share of the largest: any value in (0, 1) "
            "goes with any mean.",
            "For small scales the density is a bell, for scale 1 and mean 1/2 it is uniform, for "
            "larger scales it has a peak at each bound. For effects with one bound use "
            "[LogNormalExp](lognormalexp.md).",
        ),
        example="""\
import pymc as pm
from pymc_extras.prior import Prior
from unfunnel import ProbitNormal

prior = ProbitNormal(
    mu=Prior("Beta", mu=0.4, sigma=0.1), spread=Prior("Beta", alpha=2, beta=5), dims="channel"
)
with pm.Model(coords={"channel": ["tv", "search", "social"]}) as model:
    effect = prior.create_variable("effect")
""",
        settings=(
            Setting(
                r"\Phi^{-1}\left(\frac{\phi - \mathrm{lower}}"
                r"{\mathrm{upper} - \mathrm{lower}}\right)",
                (
                    {"mu": 0.3, "sigma": 0.1},
                    {"mu": 0.25, "sigma": 0.194},
                    {"mu": 0.5, "sigma": 0.4},
                    {"mu": 0.8, "sigma": 0.1},
                ),
            ),
        ),
        formulas=r"""
With $m$ and $s$ the mean and the standard deviation in units of $\mathrm{upper} - \mathrm{lower}$,
$m$ counted from `lower`, $h = \Phi^{-1}(m)$ and $T$ Owen's function, the scale solves an equation
with one root:

$$
s^2 = m (1 - m) - 2\,T\left(h, \frac{1}{\sqrt{1 + 2\,\mathrm{scale}^2}}\right), \qquad
\mathrm{location} = h \sqrt{1 + \mathrm{scale}^2}
$$

and $\mathrm{spread} = s / \sqrt{m (1 - m)}$.
""",
        source=(
            "Owen 1956, *Tables for computing bivariate normal probabilities*, Annals of "
            "Mathematical Statistics 27"
        ),
        note=_NUMBA,
    ),
    "NormalIdentity": Record(
        summary="Real-valued effects with normal tails.",
        effects=(("of either sign", "NormalIdentity(mu, sigma)"),),
        use=(
            "Effects that may have either sign: intercepts, trends, controls, seasonal "
            "coefficients.",
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
    ),
    "StudentTIdentity": Record(
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
\mathrm{location} = \mu, \qquad \mathrm{scale} = \sigma \sqrt{\frac{\nu - 2}{\nu}}
$$
""",
        source=(
            "Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 28"
        ),
        beside="NormalIdentity",
    ),
    "LaplaceIdentity": Record(
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
\mathrm{location} = \mu, \qquad \mathrm{scale} = \frac{\sigma}{\sqrt{2}}
$$
""",
        source=(
            "Johnson, Kotz & Balakrishnan 1995, *Continuous Univariate Distributions* 2, chapter 24"
        ),
        beside="NormalIdentity",
    ),
}
