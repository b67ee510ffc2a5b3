"""Bayesian linear regression with known noise: what a search learns from few trainings, and how unsure it is."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

INTERCEPT_DEVIATION = 1.0  # prior of the mean
PRIOR_DEVIATION = (
    0.17  # prior of each coefficient, for standardised features and logarithmic results; see docs/search.md
)
Numbers = Float[np.ndarray, "candidates features"]


class Model(NamedTuple):
    """Posterior of the coefficients: its mean, and the lower Cholesky factor of its precision."""

    mean: Float[np.ndarray, " features"]
    root: Float[np.ndarray, "features features"]

    def predict(self, numbers: Numbers) -> Float[np.ndarray, " candidates"]:
        """The mean of the posterior for every candidate."""
        return numbers @ self.mean

    def sample(self, numbers: Numbers, stream: np.random.Generator, temperature: float) -> np.ndarray:
        """Values of all candidates by one draw of the coefficients, whose variance is scaled by `temperature`."""
        draw = np.linalg.solve(self.root.T, stream.standard_normal(len(self.mean)))
        return numbers @ (self.mean + temperature**0.5 * draw)


def fit(numbers: Numbers, results: Float[np.ndarray, " candidates"], *, noise: float, prior: float = 0.0) -> Model:
    """The posterior for `results` of candidates with these features, the first of which is one.

    `noise`: standard deviation of a result. `prior`: mean of the first coefficient before any result.
    """
    deviations = np.array([INTERCEPT_DEVIATION, *[PRIOR_DEVIATION] * (numbers.shape[1] - 1)])
    precision = numbers.T @ numbers / noise**2 + np.diag(deviations**-2)
    right = numbers.T @ results / noise**2
    right[0] += prior / INTERCEPT_DEVIATION**2
    return Model(np.linalg.solve(precision, right), np.linalg.cholesky(precision))
