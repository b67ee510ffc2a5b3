"""The regression against its posterior written as a Gaussian over all results, and against known coefficients."""

import numpy as np
import pytest

from xbar.search.model import INTERCEPT_DEVIATION, PRIOR_DEVIATION, fit


def numbers(count, stream):
    return np.hstack([np.ones((count, 1)), stream.standard_normal((count, 3))])


def test_posterior_is_that_of_the_joint_gaussian():
    """Mean and covariance by conditioning the values of new candidates on the results, without coefficients."""
    stream = np.random.default_rng(0)
    known, new, results = numbers(6, stream), numbers(4, stream), stream.standard_normal(6)
    prior = np.diag([INTERCEPT_DEVIATION**2, *[PRIOR_DEVIATION**2] * 3])
    seen = known @ prior @ known.T + 0.2**2 * np.eye(6)
    across = new @ prior @ known.T
    offset = 0.7
    mean = offset + across @ np.linalg.solve(seen, results - offset)
    covariance = new @ prior @ new.T - across @ np.linalg.solve(seen, across.T)
    model = fit(known, results, noise=0.2, prior=offset)
    np.testing.assert_allclose(model.predict(new), mean)
    draws = np.array([model.sample(new, stream, 0.5) for _ in range(20000)])
    np.testing.assert_allclose(draws.mean(0), mean, atol=0.02)
    np.testing.assert_allclose(np.cov(draws.T), 0.5 * covariance, atol=0.02)


def test_coefficients_are_found_again():
    stream = np.random.default_rng(1)
    known, true = numbers(400, stream), np.array([-3.0, 0.2, -0.1, 0.0])
    model = fit(known, known @ true + 0.05 * stream.standard_normal(400), noise=0.05)
    assert model.mean == pytest.approx(true, abs=0.02)
