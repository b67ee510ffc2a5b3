"""Noise-aware training of one network: loop, schedule, history and checkpoints."""

import logging
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from xbar.config.networks import NetworkSpec, TrainingSpec
from xbar.config.polarity import SignSpec
from xbar.files import atomic
from xbar.network.contexts import batch_norms, crossbar_layers, noisy, scales_of
from xbar.network.inputs import normalisation_of
from xbar.network.predict import accuracy
from xbar.network.signs import freeze_signs
from xbar.seeds import generator
from xbar.training.batches import Batch, Batches
from xbar.training.folds import Examples
from xbar.training.optimizer import one_cycle, optimizers_of, turn_momentum
from xbar.training.scores import Scores, scores_in
from xbar.training.sizes import pixels_in, resized

logger = logging.getLogger(__name__)


class Training:
    """A training in progress. Every epoch draws from its own random streams, so that a checkpoint needs no generators.

    `network`, of the config entry `entry`, has its starting values. After `run` it holds the trained ones.
    `teacher`: the floating-point network from which it also learns where the recipe has a `distillation`, or the scores
    of that network on the same inputs. `about`: what else decides the result, such as digests of the files behind
    examples, starting values and teacher. A checkpoint with another `about` is not used.
    """

    def __init__(
        self, network: nn.Module, train: Examples, validation: Examples, spec: TrainingSpec, *, entry: NetworkSpec,
        seed: int, teacher: nn.Module | Scores | None = None, about: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.network = network
        self.train = train
        self.validation = validation
        self.spec = spec
        self.entry = entry
        self.seed = seed
        self.teacher = teacher
        self.about = dict(about or {})
        self.signs = entry.signs if isinstance(entry.signs, SignSpec) else None
        self.layers = list(crossbar_layers(network).values())
        self.norms = batch_norms(network)
        self.device = train.x.device
        self.batches = Batches(train, spec, std=normalisation_of(network).std, seed=seed)
        self.optimizers = optimizers_of(network, spec)
        self.history: list[dict[str, Any]] = []
        self.started = time.perf_counter()
        self.resumed = 0
        self.steps_per_epoch = self.batches.steps

    def run(self, checkpoint: Path) -> list[dict[str, Any]]:
        """Train to the end, from `checkpoint` where an earlier attempt left one. Returns the history, a row per epoch.

        The last epoch leaves a checkpoint too, which the caller removes once the results are written.
        FloatingPointError, one line, at the end of the first epoch in which a number is not finite. The checkpoint is
        removed first, because every attempt from it would end in the same way.
        """
        self._resume(checkpoint)
        try:
            for epoch in range(len(self.history), self.spec.epochs):
                self._epoch(epoch)
                self._save(checkpoint)
            self._freeze_signs(1.0)
        except ArithmeticError as error:  # also a division by a full scale of zero
            checkpoint.unlink(missing_ok=True)
            raise self._diverged(error) from None
        self.network.eval()
        return self.history

    def _epoch(self, epoch: int) -> None:
        noise = self._stream("noise", epoch)
        self._set_mode(epoch)
        loss_sum, correct = torch.zeros((), device=self.device), torch.zeros((), device=self.device)
        with resized(self.network, pixels_in(epoch, self.spec.sizes)):
            for batch in self.batches.of(epoch):
                rate = self._begin_step(epoch * self.steps_per_epoch + batch.step)
                loss, scores = self._step(batch, self._taught(batch, epoch), noise)
                loss_sum += loss
                correct += (scores.argmax(1) == self.train.y[batch.chosen]).float().mean()
        self._check_finite(loss_sum)
        self._record(epoch, float(loss_sum), float(correct), rate)

    def _check_finite(self, loss: Tensor) -> None:
        """FloatingPointError for a loss or a state that is not finite. Run once an epoch, because GPUs wait for it."""
        for name, value in [("the loss", loss), *self._held()]:
            if not torch.isfinite(value).all():
                raise FloatingPointError(f"{name} is not finite")

    def _diverged(self, why: ArithmeticError) -> FloatingPointError:
        what = "a full scale is zero" if isinstance(why, ZeroDivisionError) else why
        where = f"training diverged in epoch {len(self.history) + 1} of {self.spec.epochs}: {what}"
        return FloatingPointError(f"{where}; try a learning_rate below {self.spec.learning_rate:g}")

    def _held(self) -> Iterator[tuple[str, Tensor]]:
        """The state from which training continues. An infinite square in an optimiser would stop its weight forever."""
        yield from self.network.state_dict().items()
        for index, scales in enumerate(scales_of(self.network)):  # their logarithms are not finite at zero either
            full = {"x_max": scales.x_max, "w_max": scales.w_max, "current_max": scales.current_max}
            yield from ((f"the logarithm of {name} {index}", value.log()) for name, value in full.items())
        for optimizer in self.optimizers:
            for state in optimizer.state.values():
                yield from ((f"the optimiser's {name}", value) for name, value in state.items())

    def _step(self, batch: Batch, taught: Tensor | None, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        with (
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.spec.precision == "bfloat16"),
            noisy(self.network, noise),
        ):
            scores = self.network(batch.inputs).float()
        loss = self._loss(scores, taught, self.train.y[batch.chosen])
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
        self._clip()
        return loss.detach(), scores.detach()

    @torch.no_grad()
    def _clip(self) -> None:
        """Clip weights (and positive gains) to their range after a step."""
        for layer in self.layers:
            layer.clip_weight()
        if self.entry.gain == "positive":
            for norm in self.norms:
                norm.weight.clamp_(min=0)

    @torch.no_grad()
    def _taught(self, batch: Batch, epoch: int) -> Tensor | None:
        """The teacher's softened log-probabilities, where the recipe has a teacher."""
        if self.teacher is None or self.spec.distillation == 0:
            return None
        return functional.log_softmax(scores_in(self.teacher, batch, epoch, self.spec) / self.spec.temperature, 1)

    def _loss(self, scores: Tensor, target: Tensor | None, classes: Tensor) -> Tensor:
        """Cross-entropy, and with a teacher the divergence from its softened scores (Hinton et al., 2015)."""
        loss = functional.cross_entropy(scores, classes, label_smoothing=self.spec.label_smoothing)
        if target is None:
            return loss
        share, heat = self.spec.distillation, self.spec.temperature
        guess = functional.log_softmax(scores / heat, 1)
        divergence = functional.kl_div(guess, target, reduction="batchmean", log_target=True)
        return (1 - share) * loss + share * heat**2 * divergence

    @torch.no_grad()
    def _freeze_signs(self, progress: float) -> None:
        """Learned signs at `progress` of the training. Momentum turns with the weights."""
        turn_momentum(self.optimizers, freeze_signs(self.network, self.signs, progress))

    def _set_mode(self, epoch: int) -> None:
        self.network.train()
        if epoch >= self.spec.freeze_statistics * self.spec.epochs:
            for norm in self.norms:
                norm.eval()

    def _begin_step(self, step: int) -> float:
        """Set signs and learning rate for the step. Returns the rate."""
        progress = step / (self.steps_per_epoch * self.spec.epochs)
        self._freeze_signs(progress)
        share = one_cycle(progress, self.spec.warm_up, self.spec.decay)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
        return self.spec.learning_rate * share

    def _record(self, epoch: int, loss_sum: float, correct: float, rate: float) -> None:
        noise = self._stream("validation", epoch)
        held_out = round(accuracy(self.network, self.validation, noise), 6) if len(self.validation.y) else ""
        row = {
            "epoch": epoch + 1,
            "loss": round(loss_sum / self.steps_per_epoch, 6),
            "train_accuracy": round(correct / self.steps_per_epoch, 6),
            "validation_accuracy": held_out,
            "learning_rate": float(f"{rate:.4g}"),
        }
        self.history.append(row)
        # only the log holds times, so that equal trainings give equal files
        seconds = (time.perf_counter() - self.started) / (len(self.history) - self.resumed)
        logger.info(
            "epoch %d/%d  loss %.4f  train %.4f  validation %s  rate %.2g  %.0f examples/s  %.0f s left",
            epoch + 1, self.spec.epochs, row["loss"], row["train_accuracy"], held_out, rate,
            len(self.train.y) / seconds, seconds * (self.spec.epochs - epoch - 1),
        )  # fmt: skip

    def _stream(self, name: str, epoch: int) -> torch.Generator:
        return generator(self.seed, name, epoch, device=self.device)

    def _save(self, checkpoint: Path) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "history": self.history,
            "recipe": self._recipe(),
        }
        buffer = BytesIO()
        torch.save(state, buffer)
        with atomic(checkpoint) as part:  # on a full disk torch's own file writer raises an internal error
            part.write_bytes(buffer.getbuffer())

    def _recipe(self) -> dict[str, Any]:
        """All that decides the result."""
        return {
            "training": self.spec.model_dump(),
            "network": self.entry.model_dump(),
            "examples": [len(self.train.y), len(self.validation.y)],
            **self.about,
            "seed": self.seed,
            "machine": self.device.type,  # random draws on a GPU are others
        }

    def _resume(self, checkpoint: Path) -> None:
        """Continue from a checkpoint of the same recipe. One of another recipe is ignored."""
        if not checkpoint.exists():
            return
        state = torch.load(checkpoint, map_location=self.device, weights_only=True)
        if state.get("recipe") != self._recipe():
            logger.info("the checkpoint %s belongs to another recipe: starting anew", checkpoint)
            return
        self.network.load_state_dict(state["network"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.history = state["history"]
        self.resumed = len(self.history)
        logger.info("resumed after epoch %d from %s", len(self.history), checkpoint)
