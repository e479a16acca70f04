"""Files of priors: writing them, reading them back, and every problem of one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from unfunnel.errors import ParameterError, UnsupportedError, described, listed
from unfunnel.files.decode import decode, problems_of
from unfunnel.files.grammar import (
    PRIORS_KEY,
    SCHEMA_KEY,
    SCHEMA_URL,
    VERSION,
    VERSION_KEY,
    is_whole_file,
)
from unfunnel.files.problems import ConfigError, Problem
from unfunnel.files.read import Document, Format, format_of, read_file, read_text
from unfunnel.files.write import replace_file, to_json, to_yaml


def dumps(priors: Mapping[str, Any], format: Format = "json", bare: bool = False) -> str:
    """Write priors as text.

    Parameters
    ----------
    priors : mapping of str to prior
        Our priors, ``Prior``, ``ByCoord``, ``Censored``, ``Scaled``, ``MaskedPrior``, numbers,
        arrays and DataArrays, by name; their order is kept. A DataArray keeps its coords, dates as
        ISO strings. Numbers are written so that the same doubles are read again.
    format : {"json", "yaml"}
        JSON by default.
    bare : bool, default False
        Write the mapping itself, in which each value is what ``pymc_extras.deserialize`` and the
        configurations of pymc-marketing read, in place of a file that names its version.

    Returns
    -------
    str
        Lists of numbers are on one line, all else a key a line.

    Raises
    ------
    UnsupportedError
        If something has no form in a file: a tensor that depends on a random variable, a subclass,
        a number that is not finite. The message says where it stands.
    ConfigError
        With every value that would not be read again, such as True where a number belongs.
    ParameterError
        For another format, or names that are no texts.

    Examples
    --------
    >>> import unfunnel
    >>> print(unfunnel.dumps({"beta": unfunnel.LogNormalExp(1.5, 0.5, dims="geo")}, "yaml"), end="")
    # yaml-language-server: $schema=https://unfunnel.readthedocs.io/en/stable/_static/unfunnel-1.schema.json
    unfunnel: 1
    priors:
      beta:
        dist: LogNormalExp
        kwargs: {mu: 1.5, sigma: 0.5}
        dims: [geo]
    """
    from unfunnel.files.objects import encode_priors

    if format not in ("json", "yaml"):
        raise ParameterError("format", expected="'json' or 'yaml'", given=repr(format))
    _check_names(priors, bare)
    data = encode_priors(priors, bare=bare)
    whole = data if bare else {VERSION_KEY: VERSION, PRIORS_KEY: data}
    if problems := problems_of(whole):
        raise ConfigError("dumps", problems)
    return text_of(whole, format)


def text_of(data: Any, format: Format) -> str:
    """Return the text of plain data; that of a whole file names the JSON Schema for editors."""
    whole = is_whole_file(data)
    if format == "yaml":
        return to_yaml(data, SCHEMA_URL if whole else None)
    return to_json({SCHEMA_KEY: SCHEMA_URL, **data} if whole else data)


def _check_names(priors: Any, bare: bool) -> None:
    if not isinstance(priors, Mapping):
        raise ParameterError(
            "dumps", expected="a mapping of names to priors", given=described(priors)
        )
    if odd := [name for name in priors if not isinstance(name, str)]:
        raise ParameterError("dumps", expected="names that are texts", given=repr(odd[0]))
    if bare and (taken := [name for name in (SCHEMA_KEY, VERSION_KEY) if name in priors]):
        raise UnsupportedError(
            "dumps",
            expected="names that a bare mapping can have",
            given=f"{listed(taken)}, which would make it a whole file",
            remedy="Rename the prior, or write a whole file, without bare=True.",
        )


def dump(priors: Mapping[str, Any], path: str | FilePath, bare: bool = False) -> None:
    """Write priors to a file; see :func:`dumps`.

    Parameters
    ----------
    priors : mapping of str to prior
        The priors, by name.
    path : str or Path
        A file that ends in .json, .yaml or .yml. It is replaced, once all is known to be right.
    bare : bool, default False
        Whether to write the mapping alone.

    Examples
    --------
    >>> import tempfile, unfunnel
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "priors.yaml")
    ...     unfunnel.dump({"beta": unfunnel.LogNormalExp(1.5, 0.5, dims="geo")}, path)
    ...     unfunnel.load(path)
    {'beta': LogNormalExp(mu=1.5, sigma=0.5, dims="geo")}
    """
    text = dumps(priors, format_of(path), bare)
    replace_file(path, text)


def loads(text: str, format: Format = "json") -> dict[str, Any]:
    """Read priors from text.

    Parameters
    ----------
    text : str
        What :func:`dumps` writes, or one like it written by hand; also a bare mapping of names to
        priors. Nothing in it is executed.
    format : {"json", "yaml"}
        JSON by default.

    Returns
    -------
    dict
        The priors by name, of the classes that the text names. Lists are arrays.

    Raises
    ------
    ConfigError
        With every problem of the text, each with its path and line, what was found and expected.

    Examples
    --------
    >>> import unfunnel
    >>> unfunnel.loads("beta: {dist: LogNormalExp, kwargs: {mu: 1.5, sigma: 0.5}}", "yaml")
    {'beta': LogNormalExp(mu=1.5, sigma=0.5)}
    """
    return _revived(read_text(text, format))


def load(path: str | FilePath) -> dict[str, Any]:
    """Read priors from a file, JSON or YAML by its suffix; see :func:`loads`.

    Parameters
    ----------
    path : str or Path
        A file that ends in .json, .yaml or .yml.

    Returns
    -------
    dict
        The priors by name.

    Raises
    ------
    ConfigError
        With every problem of the file.
    OSError
        If it cannot be read.
    """
    return _revived(read_file(path))


def problems_in(document: Document) -> list[Problem]:
    """Return every problem of a document that is seen without PyMC, in the order of its lines."""
    return document.located(problems_of(document.data))


def _revived(document: Document) -> dict[str, Any]:
    from unfunnel.files.objects import build_priors

    decoded, priors = decode(document.data), dict[str, Any]()
    problems = decoded.problems
    if not (problems or document.problems):
        priors, problems = build_priors(decoded)
    if problems or document.problems:
        raise ConfigError(document.source, document.located(problems))
    return priors
