"""From plain data to descriptions of what holds other priors: ``ByCoord`` and wrappers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from unfunnel.distributions.rules import (
    NUMBER,
    NUMERIC,
    PRIOR,
    ValueFacts,
    number_mistakes,
)
from unfunnel.distributions.supports import UNKNOWN, union
from unfunnel.errors import listed
from unfunnel.files.decode_values import Node, refused
from unfunnel.files.grammar import BY_COORD, WRAPPERS
from unfunnel.files.plain_data import is_labelled, is_list, is_number, names_of, shown
from unfunnel.files.prior_keys import BY_COORD_KEYS, Keys, KeysDecoder
from unfunnel.files.problems import Path
from unfunnel.intervals import Parameter
from unfunnel.prior import checks

#: Any number.
ANYTHING = Parameter("")

#: What a ``ByCoord`` must have.
_NEEDED = {
    "dim": "the dim whose labels have priors of their own",
    "members": "priors by label",
}

_CENSORED = "a distribution that is centered, as it is censored"


class HolderDecoder(KeysDecoder):
    """Decodes priors that are made of others."""

    def prior(self, value: Any, path: Path, *, single: bool = False, around: str = "") -> Node:
        """Decode a prior, or a ``single`` distribution."""
        raise NotImplementedError

    def by_coord(self, value: Mapping[str, Any], path: Path, key: str) -> Node:
        """Decode another prior for each label of a dim."""
        keys = self.keys(value, path, key, BY_COORD_KEYS, ("dims",), both=True, row=None)
        options: dict[str, Any] = {}
        if "dims" in keys.options:
            options["dims"] = self.dims(keys.options["dims"], (*path, "dims"))
        for name, what in _NEEDED.items() if keys.is_complete else ():
            if name not in keys.given and name not in keys.meant:
                self.problem(keys.path_of(name), "no value for it", f"{name!r}, {what}")
        if "dim" in keys.given:
            at, dim = keys.given["dim"]
            options["dim"] = dim if self.dim(dim, at) else None
        members = self._members(keys, options)
        if "default" in keys.given:
            at, default = keys.given["default"]
            members["default"] = self.prior(default, at)
        if options.get("dim") is not None:
            inner = [(name, node.facts.dims or ()) for name, node in members.items()]
            mistakes = checks.member_dims_mistakes(options["dim"], options.get("dims"), inner)
            self.report(mistakes, members, path)
        supports = [node.facts.support for node in members.values()]
        support = union(supports) if supports else UNKNOWN
        facts = ValueFacts(PRIOR, BY_COORD, dims=options.get("dims"), support=support)
        return Node(path, facts, name=BY_COORD, parts=members, options=options)

    def _members(self, keys: Keys, options: dict[str, Any]) -> dict[str, Node]:
        """Decode the members of a ``ByCoord``; their labels become the option ``labels``."""
        at, members = keys.given.get("members", ((), {}))
        labels_at, labels = keys.given.get("labels", ((), None))
        known = None if labels is None else self.labels(labels, labels_at)
        if isinstance(members, Mapping):
            options["labels"] = list(members)
            if not members and at:
                self.kind(at, members, "at least one element")
            if labels is not None and at:
                expected = "labels either here or as the keys of 'members'"
                self.problem(labels_at, "both", expected, "Remove it.")
            for label in members:
                if not isinstance(label, str | bool | float | int):
                    self.kind((*at, label), label, "a label: a string or a number")
            return {f"member {k}": self.prior(each, (*at, k)) for k, each in members.items()}
        if not is_list(members):
            self.kind(at, members, "priors by label, or a list of them as long as 'labels'")
            return {}
        if not members:
            self.kind(at, members, "at least one element")
        if labels is None:
            expected = "priors by label, or 'labels' beside the list"
            self.problem(at, f"{shown(members)} without labels", expected)
        elif known is not None:
            options["labels"] = labels
            if len(known) != len(members):
                given, expected = f"{len(known)}", f"as many labels as members, {len(members)}"
                self.problem(labels_at, given, expected)
            if twice := [label for i, label in enumerate(known) if label in known[:i]]:
                expected = "one member for each label"
                self.problem(labels_at, f"{twice[0]!r} more than once", expected)
        return {f"member {i}": self.prior(each, (*at, i)) for i, each in enumerate(members)}

    def wrapper(self, value: Mapping[str, Any], path: Path, name: str) -> Node:
        """Decode ``Censored``, ``Scaled`` or ``MaskedPrior``."""
        given = self.mapping(value, path, ("class", "data"), {"data": "the data"})
        if "data" not in given:
            return refused(path)
        keys, missing = WRAPPERS[name]
        data = self.mapping(given["data"], (*path, "data"), keys, missing)
        decoders = {"Censored": self._censored, "Scaled": self._scaled, "MaskedPrior": self._masked}
        return decoders[name](data, path) if data else refused(path)

    def _censored(self, data: Mapping[str, Any], path: Path) -> Node:
        at, parts, bounds = (*path, "data"), {}, {}
        if "dist" in data:
            inner = self.prior(data["dist"], (*at, "dist"), single=True, around="Censored")
            parts["dist"] = inner
            if "transform" in inner.options:
                expected = "a distribution without transform, as it is censored"
                self.problem((*at, "dist", "transform"), "it", expected)
            centered = inner.options.get("centered", True)
            if isinstance(centered, Node) and centered.facts.value == checks.OFFSET:
                given, remedy = shown(checks.OFFSET), "Use false in place of 'offset'."
                self.problem((*at, "dist", "centered"), given, _CENSORED, remedy)
            elif centered is False:
                self.problem((*at, "dist", "centered"), shown(False), _CENSORED, "Remove it.")
        for key in ("lower", "upper"):
            if key not in data:
                continue
            if not is_number(data[key]):
                self.kind((*at, key), data[key], "a number or a list of numbers")
            elif math.isnan(data[key]):
                self.problem((*at, key), "no number (NaN)", "a number")
            else:
                bounds[key] = data[key]
        if len(bounds) == 2 and bounds["lower"] >= bounds["upper"]:
            both = f"{bounds['lower']:g} and {bounds['upper']:g}"
            self.problem((*at, "lower"), both, "'lower' below 'upper'")
        return _wrapped(path, "Censored", parts, bounds)

    def _scaled(self, data: Mapping[str, Any], path: Path) -> Node:
        at, parts = (*path, "data"), {}
        if "dist" in data:
            parts["dist"] = self.prior(data["dist"], (*at, "dist"))
        if "factor" in data:
            value = data["factor"]
            parts["factor"] = factor = self.simple(value, (*at, "factor"), "finite numbers")
            if factor.facts.kind in NUMERIC:
                self.report(number_mistakes(ANYTHING, factor.facts), {"": factor}, path)
            else:
                self.kind(factor.path, value, "a number or a list of numbers")
        return _wrapped(path, "Scaled", parts, {})

    def _masked(self, data: Mapping[str, Any], path: Path) -> Node:
        at, parts, options = (*path, "data"), {}, {}
        for key in ("mask_dims", "active_dim"):
            if key in data:
                read = self.list_of_dims if key == "mask_dims" else self.dim
                if read(data[key], (*at, key)):
                    options[key] = data[key]
        if "mask" in data:
            parts["mask"] = self._mask(data["mask"], (*at, "mask"))
        if "prior" in data:
            parts["prior"] = prior = self.prior(data["prior"], (*at, "prior"), single=True)
            if prior.name:
                self._mask_dims(data, at, prior, parts.get("mask"))
        return _wrapped(path, "MaskedPrior", parts, options)

    def _mask(self, mask: Any, path: Path) -> Node:
        if is_labelled(mask) or is_list(mask):
            return self.array(mask, path, lambda each: isinstance(each, bool), "true or false")
        self.kind(path, mask, "a list of true and false, or a DataArray of them")
        return refused(path)

    def _mask_dims(
        self, data: Mapping[str, Any], path: Path, prior: Node, mask: Node | None
    ) -> None:
        own = prior.facts.dims
        if own is None:
            if "dims" not in prior.options:
                self.problem((*path, "prior", "dims"), "no dims", "the dims of the mask")
            return
        labelled = mask is not None and is_labelled(data["mask"])
        masked = mask.facts.dims if mask and labelled else names_of(data.get("mask_dims"))
        if masked is not None and masked != own:
            expected = f"the dims of the prior in order, {listed(own)}"
            self.problem((*path, "mask" if labelled else "mask_dims"), listed(masked), expected)
        elif mask is not None and mask.facts.shape and len(mask.facts.shape) != len(own):
            expected = f"a list with {checks.axes_for(own)}"
            self.problem(mask.path, f"{len(mask.facts.shape)} axes", expected)


def _wrapped(path: Path, name: str, parts: Mapping[str, Node], options: Mapping[str, Any]) -> Node:
    inner = parts.get("dist") or parts.get("prior")
    if inner is None:
        return refused(path)
    support, factor = UNKNOWN, parts.get("factor")
    if name == "Censored":
        support = inner.facts.support.censored(options.get("lower"), options.get("upper"))
    elif factor is not None and factor.facts.kind == NUMBER and factor.facts.value:
        support = inner.facts.support.scaled(factor.facts.value)
    facts = ValueFacts(PRIOR, name, dims=inner.facts.dims, support=support)
    return Node(path, facts, name=name, parts=parts, options=options)
