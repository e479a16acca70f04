from unfunnel.elicitation import scales as scales
from unfunnel.elicitation.hierarchy import elicit_hierarchy as elicit_hierarchy
from unfunnel.files.api import dump as dump
from unfunnel.files.api import dumps as dumps
from unfunnel.files.api import load as load
from unfunnel.files.api import loads as loads
from unfunnel.files.grammar import schema as schema
from unfunnel.files.problems import ConfigError as ConfigError
from unfunnel.files.revive import patch_prior_from_dict as patch_prior_from_dict
from unfunnel.moments.report import Implied as Implied
from unfunnel.predict import extend_posterior as extend_posterior
from unfunnel.prior.by_coord import ByCoord as ByCoord
from unfunnel.prior.classes import LaplaceIdentity as LaplaceIdentity
from unfunnel.prior.classes import LogNormalExp as LogNormalExp
from unfunnel.prior.classes import NormalIdentity as NormalIdentity
from unfunnel.prior.classes import ProbitNormal as ProbitNormal
from unfunnel.prior.classes import StudentTIdentity as StudentTIdentity
from unfunnel.prior.classes import WeibullExp as WeibullExp
from unfunnel.tuning.api import sample as sample
from unfunnel.tuning.api import tune as tune
from unfunnel.tuning.check import SamplingWarning as SamplingWarning
from unfunnel.tuning.check import TuningWarning as TuningWarning
from unfunnel.tuning.reparameterize import reparameterize as reparameterize
from unfunnel.tuning.report import TuningReport as TuningReport

__version__: str
