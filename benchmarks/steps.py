"""Time and memory of one training step against plain float torch, for this project and for its peers.

    python benchmarks/steps.py [--pairs 7] [--table results/speed/steps.csv]

Every subject trains the same layers on the same inputs: forward, loss, backward, AdamW. A pair is one timing of plain
torch and one of the subject right after it, in processor time of one thread. A row holds the median ratio of all pairs,
the smallest and the largest. Peers that are not installed are left out: benchmarks/requirements.txt holds an
environment with all of them. Peak memory is that of a process of its own that makes three steps.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

ROOT = Path(__file__).parents[1]
LEAST_S = 0.5  # of processor time in one timing
sys.path.insert(0, str(ROOT / "src"))

from xbar.checks.reading import load_config  # noqa: E402
from xbar.config.config import Config  # noqa: E402
from xbar.config.networks import BrightnessSpec  # noqa: E402
from xbar.files import write_rows  # noqa: E402
from xbar.network.architecture import build_network  # noqa: E402
from xbar.network.contexts import crossbar_layers, noisy  # noqa: E402
from xbar.network.inputs import subtract_local_mean  # noqa: E402
from xbar.seeds import generator  # noqa: E402
from xbar.training.machine import keep_freed_memory  # noqa: E402
from xbar.training.optimizer import optimizers_of  # noqa: E402
from xbar.training.start import start_network  # noqa: E402

COLUMNS = (
    "case", "subject", "batch", "threads", "pairs", "ratio_median", "ratio_low", "ratio_high", "peak_mb",
    "float_step_ms", "version", "torch", "commit", "machine",
)  # fmt: skip
CASES = {"har": ("har-4b-signed", (9, 1, 128)), "cifar10": ("cifar10-4b-signed", (3, 32, 32))}
BATCHES = (64, 512)
PACKAGES = {"xbar": "torch", "brevitas": "brevitas", "aihwkit-lightning": "aihwkit_lightning"}
NOISE, WEIGHT_BITS, CONVERTER_BITS = 0.04, 4, 8  # the same task for all; brevitas has no noise and no ADC
Step = Callable[[Tensor, Tensor], None]


class LocalContrast(nn.Module):
    """The network's inputs without their local brightness, which both sides of a pair take away."""

    def __init__(self, spec: BrightnessSpec) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, inputs: Tensor) -> Tensor:
        return subtract_local_mean(inputs, self.spec)


def plain(config: Config, case: str, relu: Callable[[], nn.Module] = lambda: nn.ReLU(inplace=True)) -> nn.Sequential:
    """The float network of a case as anyone would write it."""
    name, (channels, height, width) = CASES[case]
    architecture = config.architectures[config.networks[name].architecture]
    layers: list[nn.Module] = [LocalContrast(architecture.brightness)] if architecture.brightness else []
    for spec in architecture.layers:
        if spec.average is not None:
            size = (min(height, spec.average), min(width, spec.average))
            layers.append(nn.AdaptiveAvgPool2d(size))
            height, width = size
        elif spec.conv is not None:
            kernel, stride = ((v if height > 1 else 1, v if width > 1 else 1) for v in (spec.kernel, spec.stride))
            padding = kernel[0] // 2, kernel[1] // 2
            layers.append(nn.Conv2d(channels, spec.conv, kernel, stride, padding, bias=False))
            channels, height, width = spec.conv, -(-height // stride[0]), -(-width // stride[1])
            layers.append(nn.BatchNorm2d(channels))
            if spec.pool > 1:
                layers.append(nn.MaxPool2d((min(height, spec.pool), min(width, spec.pool))))
                height, width = max(1, height // spec.pool), max(1, width // spec.pool)
            layers.append(relu())
        elif spec.linear is not None:
            layers += [nn.Flatten(), nn.Linear(prod((channels, height, width)), spec.linear, bias=False)]
            layers.append(nn.BatchNorm1d(spec.linear))
    return nn.Sequential(*layers).to(memory_format=torch.channels_last).train()


def step_of(model: nn.Module) -> Step:
    """One step of a torch module with AdamW."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def step(inputs: Tensor, classes: Tensor) -> None:
        loss = functional.cross_entropy(model(inputs), classes)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def xbar_step(config: Config, case: str) -> Step:
    """One noise-aware step of this project's network: one scale, 4-bit pairs, DAC, ADC, noise on every device."""
    name, shape = CASES[case]
    spec = config.networks[name].model_copy(
        update={"noise": NOISE, "weight_bits": WEIGHT_BITS, "dac_bits": CONVERTER_BITS, "adc_bits": CONVERTER_BITS}
    )
    recipe = config.training[spec.training].model_copy(update={"optimizer": "adamw"})
    architecture, crossbar = config.architectures[spec.architecture], config.crossbars[spec.crossbar]
    network = build_network(spec, architecture, crossbar, shape)
    start_inputs = torch.randn(128, *shape, generator=generator(0, "start"))
    start_network(network, spec, start_inputs, seed=0, warm_start=None)
    (optimizer,), stream = optimizers_of(network.train(), recipe), generator(0, "noise")
    layers = list(crossbar_layers(network).values())

    def step(inputs: Tensor, classes: Tensor) -> None:
        with noisy(network, stream):
            scores = network(inputs)
        loss = functional.cross_entropy(scores, classes)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        for layer in layers:
            layer.clip_weight()

    return step


def brevitas_step(config: Config, case: str) -> Step:
    """Quantisation-aware training of brevitas: 4-bit weights, 8-bit activations; no noise, no ADC."""
    import brevitas.nn as qnn

    model = plain(config, case, lambda: qnn.QuantReLU(bit_width=CONVERTER_BITS))
    layers: list[nn.Module] = [qnn.QuantIdentity(bit_width=CONVERTER_BITS)]
    for layer in model:
        if isinstance(layer, nn.Conv2d):
            geometry = {"stride": layer.stride, "padding": layer.padding, "bias": False}
            sizes = (layer.in_channels, layer.out_channels, layer.kernel_size)
            layer = qnn.QuantConv2d(*sizes, **geometry, weight_bit_width=WEIGHT_BITS)
        elif isinstance(layer, nn.Linear):
            layer = qnn.QuantLinear(layer.in_features, layer.out_features, bias=False, weight_bit_width=WEIGHT_BITS)
        layers.append(layer)
    return step_of(nn.Sequential(*layers).to(memory_format=torch.channels_last).train())


def lightning_step(config: Config, case: str) -> Step:
    """Hardware-aware training of aihwkit-lightning: quantised weights with noise, learned input range, ADC."""
    from aihwkit_lightning.nn.conversion import convert_to_analog
    from aihwkit_lightning.simulator.configs import TorchInferenceRPUConfig
    from aihwkit_lightning.simulator.parameters.enums import WeightNoiseInjectionType, WeightQuantizationType

    chosen = TorchInferenceRPUConfig()
    chosen.forward.inp_res = chosen.forward.out_res = 2**CONVERTER_BITS - 2
    chosen.forward.out_bound = 10.0
    chosen.pre_post.input_range.enable = True
    chosen.modifier.std_dev = NOISE
    chosen.modifier.res = 2 ** (WEIGHT_BITS + 1) - 2
    chosen.modifier.noise_type = WeightNoiseInjectionType.ADD_NORMAL
    chosen.modifier.quantization_type = WeightQuantizationType.DISCRETIZE
    model = plain(config, case).to(memory_format=torch.contiguous_format)  # its convolutions take no other weights
    return step_of(convert_to_analog(model, chosen).train())


SUBJECTS: dict[str, Callable[[Config, str], Step]] = {
    "float torch": lambda config, case: step_of(plain(config, case)),
    "xbar": xbar_step,
    "brevitas": brevitas_step,
    "aihwkit-lightning": lightning_step,
}


def examples(case: str, batch: int) -> tuple[Tensor, Tensor]:
    """Made-up inputs of the right shape: the time of a step does not depend on what they show."""
    inputs = torch.randn(batch, *CASES[case][1], generator=generator(1, case))
    classes = torch.randint(6, (batch,), generator=generator(2, case))
    return inputs.contiguous(memory_format=torch.channels_last), classes


def seconds(step: Step, data: tuple[Tensor, Tensor], times: int) -> float:
    """Processor time of one step, mean over `times`."""
    start = time.process_time()
    for _ in range(times):
        step(*data)
    return (time.process_time() - start) / times


def ratios(
    config: Config, case: str, batch: int, subjects: list[str], pairs: int
) -> dict[str, list[tuple[float, float]]]:
    """Pairs (float, subject) of step times; subjects take turns within every round."""
    data = examples(case, batch)
    steps = {name: SUBJECTS[name](config, case) for name in ("float torch", *subjects)}
    times = max(1, round(LEAST_S / seconds(steps["float torch"], data, 2)))
    for step in steps.values():
        seconds(step, data, 2)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in subjects}
    for _ in range(pairs):
        for name in subjects:
            found[name].append((seconds(steps["float torch"], data, times), seconds(steps[name], data, times)))
    return found


def peak_mb(case: str, batch: int, subject: str) -> float:
    """Largest resident memory of a process that makes three steps, MB; Linux only."""
    command = [sys.executable, __file__, "--memory", case, str(batch), subject]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def installed(subject: str) -> str | None:
    """The version of a subject, empty for this project; None where it is not installed."""
    if subject == "xbar" or find_spec(PACKAGES[subject]) is None:
        return "" if subject == "xbar" else None
    try:
        return version(subject)
    except PackageNotFoundError:
        return "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--table", type=Path, default=ROOT / "results/speed/steps.csv")
    parser.add_argument("--memory", nargs=3, metavar=("CASE", "BATCH", "SUBJECT"), help="peak memory of one subject")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    keep_freed_memory()
    config = load_config(ROOT / "config.yaml")
    if options.memory:
        case, batch, subject = options.memory
        seconds(SUBJECTS[subject](config, case), examples(case, int(batch)), 3)
        # ru_maxrss would begin with the peak of this one's parent
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        return
    measure(config, options.pairs, options.table)


def made_with() -> dict[str, str]:
    """What a row of numbers was measured with: machine class, torch, commit of the tree."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout
    machine = f"{platform.machine()}, CPU capability {torch.backends.cpu.get_cpu_capability()}"
    return {"torch": torch.__version__, "commit": commit.strip(), "machine": machine}


def measure(config: Config, pairs: int, table: Path) -> None:
    """All cases, batches and subjects, a row each: printed as they come, written when all are there."""
    subjects = [name for name in PACKAGES if installed(name) is not None]
    fixed = {"threads": 1, "pairs": pairs} | made_with()
    rows = []
    for case, batch in product(CASES, BATCHES):
        for name, timed in ratios(config, case, batch, subjects, pairs).items():
            rows.append(row_of(case, batch, name, timed) | fixed)
            print(case, batch, name, *(rows[-1][key] for key in COLUMNS[5:8]), flush=True)
    write_rows(table, COLUMNS, rows)


def row_of(case: str, batch: int, subject: str, timed: list[tuple[float, float]]) -> dict[str, Any]:
    """The numbers of one row, to four digits."""
    quotients = [theirs / plain for plain, theirs in timed]
    numbers = {
        "ratio_median": statistics.median(quotients),
        "ratio_low": min(quotients),
        "ratio_high": max(quotients),
        "float_step_ms": 1e3 * statistics.median(plain for plain, _ in timed),
    }
    about = {"case": f"step of {CASES[case][0]}", "subject": subject, "batch": batch, "version": installed(subject)}
    memory = {"peak_mb": round(peak_mb(case, batch, subject))}
    return about | memory | {key: f"{number:.4g}" for key, number in numbers.items()}


if __name__ == "__main__":
    main()
