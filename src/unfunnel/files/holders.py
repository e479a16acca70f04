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
from unfunnel.files.grammar import BY_COORD, WRAPPERS
from unfunnel.files.keys import Keys, KeysDecoder
from unfunnel.files.plain import is_labelled, is_list, is_number, shown
from unfunnel.files.problems import Path
from unfunnel.files.values import Node, refused
from unfunnel.intervals import Parameter
from unfunnel.parameterization.choices import OFFSET
from unfunnel.prior import checks

#: Any number.
ANYTHING = Parameter("")

_BY_COORD_KEYS = ("dim", "labels", "members", "default")

#: What a ``ByCoord`` must have.
_NEEDED = {
    "dim": "the dim whose labels have priors of their own",
    "members": "priors by label",
}

_CENSORED = "a distribution that is centered, as it is censored"


class HolderDecoder(KeysDecoder):
    """Decodes priors that are made of others."""

    def prior(self, value: Any, path: Path, inside: str = "") -> Node:
        """Decode a prior; ``inside`` of a wrapper that takes single distributions, one of these."""
        raise NotImplementedError

    def by_coord(self, value: Mapping[str, Any], path: Path, key: str) -> Node:
        """Decode another prior for each label of a dim."""
        keys = self.keys(value, path, key, _BY_COORD_KEYS, ("dims",), both=True)
        options: dict[str, Any] = {}
        if "dims" in keys.options:
            options["dims"] = self.dims(keys.options["dims"], (*path, "dims"))
        for name, what in _NEEDED.items() if keys.is_complete else ():
            if name not in keys.given and name not in keys.meant:
                self.problem(keys.path_of(name), "no value for it", f"{name!r}, {what}")
        if "dim" in keys.given:
            at, dim = keys.given["dim"]
            options["dim"] = self.dim(dim, at)
        members = self._members(keys, options)
        if "default" in keys.given:
            at, default = keys.given["default"]
            members["default"] = self.prior(default, at)
        if options.get("dim") is not None:
            inner = [(name, node.facts.dims or ()) for name, node in members.items()]
            mistakes = checks.member_dims_mistakes(options["dim"], options.get("dims"), inner)
            self.report(mistakes, members, keys.path_of)
        supports = [node.facts.support for node in members.values()]
        support = union(supports) if supports else UNKNOWN
        facts = ValueFacts(PRIOR, BY_COORD, dims=options.get("dims"), support=support)
        return Node(path, facts, name=BY_COORD, parts=members, options=options)

    def _members(self, keys: Keys, options: dict[str, Any]) -> dict[str, Node]:
        """Decode the members of a ``ByCoord``; their labels become the option ``labels``."""
        at, members = keys.given.get("members", ((), {}))
        labels_at, labels = keys.given.get("labels", ((), None))
        known = None if labels is None else self.labels(labels, labels_at)
        if not isinstance(members, Mapping) and not is_list(members):
            self.kind(at, members, "priors by label, or a list of them as long as 'labels'")
            return {}
        if at and not members:
            self.kind(at, members, "at least one element")
        if isinstance(members, Mapping):
            options["labels"] = list(members)
            if at and labels is not None:
                expected = "labels either here or as the keys of 'members'"
                self.problem(labels_at, "both", expected, "Remove it.")
            for label in members:
                if not isinstance(label, str | bool | float | int):
                    self.kind((*at, label), label, "a label: a string or a number")
            pairs = list(members.items())
        else:
            options["labels"] = labels
            pairs = list(enumerate(members))
            if labels is None:
                expected = "priors by label, or 'labels' beside the list"
                self.problem(at, f"{shown(members)} without labels", expected)
            elif known is not None:
                self._check_labels(known, len(members), labels_at)
        return {f"member {key}": self.prior(each, (*at, key)) for key, each in pairs}

    def _check_labels(self, labels: list[Any], length: int, path: Path) -> None:
        if len(labels) != length:
            self.problem(path, f"{len(labels)}", f"as many labels as members, {length}")
        if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
            self.problem(path, f"{twice[0]!r} more than once", "one member for each label")

    # -- wrappers

    def wrapper(self, value: Mapping[str, Any], path: Path, name: str) -> Node:
        """Decode ``Censored``, ``Scaled`` or ``MaskedPrior``."""
        given = self.mapping(value, path, ("class", "data"), {"data": "the data"})
        if "data" not in given:
            return refused(path)
        at = (*path, "data")
        data = self.mapping(given["data"], at, *WRAPPERS[name])
        decode = {"Censored": self._censored, "Scaled": self._scaled, "MaskedPrior": self._masked}
        parts, options = decode[name](data, at)
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

    def _censored(
        self, data: Mapping[str, Any], path: Path
    ) -> tuple[dict[str, Node], dict[str, Any]]:
        parts, bounds = {}, {}
        if "dist" in data:
            at = (*path, "dist")
            parts["dist"] = inner = self.prior(data["dist"], at, inside="Censored")
            if "transform" in inner.options:
                expected = "a distribution without transform, as it is censored"
                self.problem((*at, "transform"), "it", expected)
            centered = inner.options.get("centered", True)
            if isinstance(centered, Node) and centered.facts.value == OFFSET:
                given, remedy = shown(OFFSET), "Use false in place of 'offset'."
                self.problem((*at, "centered"), given, _CENSORED, remedy)
            elif centered is False:
                self.problem((*at, "centered"), shown(False), _CENSORED, "Remove it.")
        for key in ("lower", "upper"):
            if key not in data:
                continue
            if not is_number(data[key]):
                self.kind((*path, key), data[key], "a number or a list of numbers")
            elif math.isnan(data[key]):
                self.problem((*path, key), "no number (NaN)", "a number")
            else:
                bounds[key] = data[key]
        if len(bounds) == 2 and bounds["lower"] >= bounds["upper"]:
            both = f"{bounds['lower']:g} and {bounds['upper']:g}"
            self.problem((*path, "lower"), both, "'lower' below 'upper'")
        return parts, bounds

    def _scaled(
        self, data: Mapping[str, Any], path: Path
    ) -> tuple[dict[str, Node], dict[str, Any]]:
        parts = {}
        if "dist" in data:
            parts["dist"] = self.prior(data["dist"], (*path, "dist"))
        if "factor" in data:
            value, at = data["factor"], (*path, "factor")
            parts["factor"] = factor = self.simple(value, at, lambda: "finite numbers")
            if factor.facts.kind in NUMERIC:
                self.report(number_mistakes(ANYTHING, factor.facts), {"": factor})
            else:
                self.kind(at, value, "a number or a list of numbers")
        return parts, {}

    def _masked(
        self, data: Mapping[str, Any], path: Path
    ) -> tuple[dict[str, Node], dict[str, Any]]:
        parts, options = {}, dict[str, Any]()
        readers = {"mask_dims": self.list_of_dims, "active_dim": self.dim}
        for key, read in readers.items():
            if key in data:
                options[key] = read(data[key], (*path, key))
        if "mask" in data:
            parts["mask"] = self._mask(data["mask"], (*path, "mask"))
        if "prior" in data:
            at = (*path, "prior")
            parts["prior"] = prior = self.prior(data["prior"], at, inside="MaskedPrior")
            if prior.facts.dims is not None:
                self._mask_dims(prior.facts.dims, path, parts.get("mask"), options.get("mask_dims"))
            elif prior.name and "dims" not in prior.options:
                self.problem((*at, "dims"), "no dims", "the dims of the mask")
        return parts, options

    def _mask(self, mask: Any, path: Path) -> Node:
        if is_labelled(mask) or is_list(mask):
            return self.array(mask, path, _is_flag, lambda: "true or false")
        self.kind(path, mask, "a list of true and false, or a DataArray of them")
        return refused(path)

    def _mask_dims(self, own: tuple[str, ...], path: Path, mask: Node | None, beside: Any) -> None:
        labelled = mask is not None and is_labelled(mask.data)
        masked = mask.facts.dims if mask is not None and labelled else beside
        if masked is not None and masked != own:
            expected = f"the dims of the prior in order, {listed(own)}"
            self.problem((*path, "mask" if labelled else "mask_dims"), listed(masked), expected)
        elif mask is not None and mask.facts.shape and len(mask.facts.shape) != len(own):
            expected = f"a list with {checks.axes_for(own)}"
            self.problem(mask.path, f"{len(mask.facts.shape)} axes", expected)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)
