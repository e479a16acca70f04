"""The families with one bound or two."""

from __future__ import annotations

from family_gallery.record import SOLVED, Record, Setting

LOGNORMAL_EXP = Record(
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
)

WEIBULL_EXP = Record(
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

$$
\mu = \exp(\mathrm{location})\,\Gamma(1 + \mathrm{scale})
$$

The parameters of `pm.Weibull` are `alpha` $= 1 / \mathrm{scale}$ and `beta`
$= \exp(\mathrm{location})$.
""",
    source=(
        "Johnson, Kotz & Balakrishnan 1994, *Continuous Univariate Distributions* 1, chapter 21"
    ),
    beside="LogNormalExp",
    note=SOLVED,
)

PROBIT_NORMAL = Record(
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
                {"mu": 0.2, "sigma": 0.1},
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

$$
m = \Phi\left(\frac{\mathrm{location}}{\sqrt{1 + \mathrm{scale}^2}}\right), \qquad
\mathrm{spread} = \frac{s}{\sqrt{m (1 - m)}}
$$

With spread 1 all of the probability would be at the two bounds.
""",
    source=(
        "Owen 1956, *Tables for computing bivariate normal probabilities*, Annals of "
        "Mathematical Statistics 27"
    ),
    note=SOLVED,
)
