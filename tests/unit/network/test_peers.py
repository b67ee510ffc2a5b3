"""Quantised matrix-vector products of another simulator, where it is installed: aihwkit-lightning."""

import pytest
import torch
from torch import nn

from xbar.network.hardware import Hardware, Scales
from xbar.network.kinds import crossbar_layer

X_MAX, W_MAX, I_MAX, ROWS = 1.7, 0.4, 3.0, 64


def ours(weight, inputs, weight_bits):
    """Signed columns over two row tiles, 8-bit converters."""
    scales = Scales()
    for parameter, value in zip(
        (scales.log_x_max, scales.log_w_max, scales.log_i_max), (X_MAX, W_MAX, I_MAX), strict=True
    ):
        parameter.data.fill_(value).log_()
    plain = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    plain.weight.data.copy_(weight)
    hardware = Hardware(polarity="signed", weight_bits=weight_bits, dac_bits=8, adc_bits=8, rows=ROWS)
    layer = crossbar_layer(plain, hardware, scales)
    with torch.no_grad():
        return layer(inputs), layer.quantized_weight()


def theirs(weight, inputs):
    """The same levels in their terms: 2 * 255 steps over twice the full scale, for inputs and outputs."""
    simulator = pytest.importorskip("aihwkit_lightning", reason="aihwkit-lightning is not installed")
    config = simulator.simulator.configs.TorchInferenceRPUConfig()
    config.mapping.max_input_size = ROWS
    config.pre_post.input_range.enable = True
    config.forward.inp_res = config.forward.out_res = 510
    config.forward.out_bound = I_MAX
    layer = simulator.nn.AnalogLinear(weight.shape[1], weight.shape[0], bias=False, rpu_config=config)
    layer.set_weights(weight)
    layer.input_range.data.fill_(X_MAX)
    with torch.no_grad():
        return layer.eval()(inputs.clone())


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::SyntaxWarning")
@pytest.mark.parametrize("weight_bits", [2, 4])
def test_quantised_products_are_those_of_aihwkit_lightning(weight_bits):
    """Relative error at most 1e-6 (2.1.0: 2.3e-7), but for sums that rounding puts on two sides of a code's edge."""
    pytest.importorskip("aihwkit_lightning.nn", reason="aihwkit-lightning is not installed")
    stream = torch.Generator().manual_seed(0)
    weight = torch.empty(32, 2 * ROWS).uniform_(-W_MAX, W_MAX, generator=stream)
    weight[:, ::ROWS] = W_MAX  # their range is the largest weight of a tile
    inputs = torch.empty(500, 2 * ROWS).uniform_(0, 1.2 * X_MAX, generator=stream)
    found, quantised = ours(weight, inputs, weight_bits)
    wanted = theirs(quantised, inputs)
    lsb = X_MAX * W_MAX * I_MAX / 255
    error = (found - wanted).abs()
    assert float((error > 0.5 * lsb).double().mean()) < 1e-3 and error.max() < 1.01 * lsb
    assert float(error[error < 0.5 * lsb].max() / wanted.abs().max()) < 1e-6
    assert len(found.unique()) > 100
