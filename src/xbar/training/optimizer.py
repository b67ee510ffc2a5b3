"""Optimisers and learning rate of a training: AdamW, or Muon for the weight matrices and AdamW for the rest."""

from collections.abc import Callable, Iterable, Mapping
from math import cos, pi
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.config.networks import TrainingSpec
from xbar.network.contexts import matrix_layers, scales_of

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # Jordan et al. (2024)
ITERATIONS = 5
MOMENTUM = 0.95
SCALE_RATE = 0.25  # learning rate of the logarithms of full scales, relative to that of the weights; ours
UPDATE_RMS = 0.2  # root mean square of an AdamW step, share of its rate: Liu et al., arXiv:2502.16982, eq. 4


class Muon(torch.optim.Optimizer):
    """Momentum whose steps are orthogonal matrices, so that all directions of a layer's weights move equally far.

    Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024). Kernels are flattened to a matrix
    (outputs, fan-in). Steps have the size of AdamW's, so that rates compare (Liu et al., arXiv:2502.16982). The
    products have the `precision` of the training. Those of torch.optim.Muon are in bfloat16, which is slow on most
    CPUs.
    """

    def __init__(
        self, params: Iterable[nn.Parameter] | Iterable[dict[str, Any]], lr: float, weight_decay: float = 0.0,
        precision: torch.dtype = torch.float32,
    ) -> None:  # fmt: skip
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})
        self.precision = precision

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override] # has no closure
        """One step of every weight that has a gradient; `closure` is not used."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._step(weight, weight.grad, group["lr"], group["weight_decay"])

    def _step(self, weight: Tensor, gradient: Tensor, rate: float, decay: float) -> None:
        momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
        momentum.lerp_(gradient, 1 - MOMENTUM)
        ahead = torch.lerp(gradient, momentum, MOMENTUM)  # Nesterov
        update = orthogonal(ahead.flatten(1).to(self.precision)).view(weight.shape)
        size = UPDATE_RMS * max(weight.shape[0], weight[0].numel()) ** 0.5
        weight.mul_(1 - rate * decay).add_(update, alpha=-rate * size)


def orthogonal(matrix: Float[Tensor, "rows columns"]) -> Float[Tensor, "rows columns"]:
    """Approximately U V^T, from the singular value decomposition U S V^T of `matrix`.

    Five iterations of the quintic Newton-Schulz polynomial bring singular values above 0.2 % of the Frobenius norm to
    0.68 to 1.2; smaller ones stay below. A zero matrix stays zero. In float32 and above the iterations use the product
    of the matrix with its transpose, which is smaller. For kernels of 3 x 3 this halves the multiplications; the result
    differs by rounding only. bfloat16 is too coarse for that.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / x.norm().clamp_min(1e-7)
    if x.dtype in (torch.float32, torch.float64):
        x = _factor(x @ x.T) @ x
        return x.T if tall else x
    a, b, c = NEWTON_SCHULZ
    for _ in range(ITERATIONS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


def _factor(gram: Tensor) -> Tensor:
    """The matrix by which the iterations multiply x, from gram = x x^T. All these products commute."""
    a, b, c = NEWTON_SCHULZ
    factor = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    for iteration in range(ITERATIONS):
        step = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        step.diagonal().add_(a)
        factor = step @ factor if iteration else step
        if iteration < ITERATIONS - 1:
            gram = step @ gram @ step
    return factor


def optimizers_of(network: nn.Module, spec: TrainingSpec) -> list[torch.optim.Optimizer]:
    """The optimisers of a recipe. Weight decay acts on weights only; full scales have their own learning rate.

    Muon takes the weights of all layers but the last, whose outputs are no features.
    """
    rate, weights = spec.learning_rate, [layer.weight for layer in matrix_layers(network).values()]
    scales = list(dict.fromkeys(value for part in scales_of(network) for value in part.parameters()))
    named = {id(parameter) for parameter in (*weights, *scales)}
    digital = [parameter for parameter in network.parameters() if id(parameter) not in named]
    matrices = weights[:-1] if spec.optimizer == "muon" else []
    groups = [
        {"params": weights[len(matrices) :], "peak": rate, "weight_decay": spec.weight_decay},
        {"params": digital, "peak": rate, "weight_decay": 0.0},
        {"params": scales, "peak": rate * SCALE_RATE, "weight_decay": 0.0},
    ]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW([group for group in groups if group["params"]], lr=rate, fused=True)
    ]
    if matrices:
        muon = {"params": matrices, "peak": rate}
        precision = getattr(torch, spec.precision)
        optimizers.append(Muon([muon], lr=rate, weight_decay=spec.weight_decay, precision=precision))
    return optimizers


@torch.no_grad()
def turn_momentum(optimizers: Iterable[torch.optim.Optimizer], turns: Mapping[Tensor, Tensor]) -> None:
    """Multiply the momentum of each weight by its factors (+1, -1) in `turns`.

    The weight itself was multiplied by the same factors. Squares of gradients (AdamW) have no sign and stay.
    """
    for weight, turn in turns.items():
        for optimizer in optimizers:
            for name in ("exp_avg", "momentum"):  # of AdamW, of Muon
                if (momentum := optimizer.state.get(weight, {}).get(name)) is not None:
                    momentum.mul_(turn)


def one_cycle(progress: float, warm_up: float, decay: str = "cosine") -> float:
    """Learning rate, share of its peak, at `progress` (0 to 1).

    It rises along a cosine over `warm_up`, from 0.04, and then falls to zero along `decay`, "cosine" or "linear".
    """
    if progress < warm_up:
        return 0.04 + 0.96 * (1 - cos(pi * progress / warm_up)) / 2
    if decay == "linear":
        return (1 - progress) / (1 - warm_up) if warm_up < 1 else 1.0
    return (1 + cos(pi * (progress - warm_up) / (1 - warm_up))) / 2 if warm_up < 1 else 1.0
