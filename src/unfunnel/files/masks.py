"""``MaskedPrior`` of pymc-marketing: from its parts, and from dictionaries upstream cannot read.

Upstream writes a mask as a bare list, and does not read a dictionary in which its own registry has
put ``__type__``. Here a mask may be a labelled array, and ``__type__`` does not matter.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from xarray import DataArray

from unfunnel.errors import DecodeError
from unfunnel.optional import require
from unfunnel.prior import codec

_NAME = "MaskedPrior"


def mask_class() -> type[Any] | None:
    """Return ``MaskedPrior`` if pymc-marketing has been imported: without it there is none."""
    return getattr(sys.modules.get("pymc_marketing.special_priors"), _NAME, None)


def masked_prior(prior: Any, mask: Any, mask_dims: Any = None, active_dim: Any = None) -> Any:
    """Return a ``MaskedPrior``; a mask without labels is along ``mask_dims``, or the prior's."""
    kind = require("pymc_marketing.special_priors", "marketing").MaskedPrior
    if not isinstance(mask, DataArray):
        mask = DataArray(mask, dims=mask_dims or prior.dims)
    return kind(prior, mask.astype(bool), active_dim)


def is_masked(data: Any) -> bool:
    """Whether a dictionary describes a ``MaskedPrior``."""
    return isinstance(data, Mapping) and data.get("class") == _NAME and "data" in data


def from_dict(data: Mapping[str, Any]) -> Any:
    """Create the ``MaskedPrior`` that a dictionary describes, for ``pymc_extras.deserialize``."""
    from pymc_extras.deserialize import deserialize

    given = dict(data["data"])
    unknown = given.keys() - {"prior", "mask", "mask_dims", "active_dim"}
    if unknown or not {"prior", "mask"} <= given.keys():
        raise DecodeError(
            _NAME,
            expected="the keys 'prior', 'mask' and optionally 'mask_dims' and 'active_dim'",
            given=", ".join(map(repr, given)),
        )
    given["prior"] = deserialize(given["prior"])
    given["mask"] = codec.decode_value(given["mask"], deserialize)
    return masked_prior(**given)
