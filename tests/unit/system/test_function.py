"""One image event by event gives the scores of the mapped network on its chip, bit for bit."""

import torch
from support import networks
from support.networks import CROSSBAR, device_spec
from torch import nn
from torch.nn import functional

from xbar.chips.chip import on_chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.mapped import map_network
from xbar.network.layers import CrossbarLayer
from xbar.system.simulate import Schedule, simulate
from xbar.system.work import ACTIVITIES, ChipWork, LayerWork

LAYERS = [{"conv": 6, "kernel": 3, "pool": 2}, {"conv": 8, "kernel": 3}, {"linear": 10}]
TIMES = dict(zip(ACTIVITIES, (3, 10, 20, 2, 1), strict=True))


class Machine:
    """What the events do: each conversion one product of one layer, and the digital rest behind its last one."""

    def __init__(self, network, chip, image):
        self.parts, self.chip = list(network), chip
        self.at, self.layer, self.sums, self.stored = 0, 0, {}, 0
        self.proceed(image.unsqueeze(0))

    def proceed(self, values):
        """Plain modules up to the next crossbar layer, whose DACs then have their inputs."""
        while self.at < len(self.parts) and not isinstance(self.parts[self.at], CrossbarLayer):
            values, self.at = self.parts[self.at](values), self.at + 1
        self.values = values
        if self.at < len(self.parts):
            self.part = self.parts[self.at]
            self.driven = self.chip[self.layer].drive(self.part.batched(values))

    @property
    def places(self):
        return self.driven.shape[2:]

    def __call__(self, event):
        assert event.layer == self.layer  # else its inputs are not there yet
        if event.activity == "convert":
            self.sums[event.product] = self.product(event.product)
        self.stored += event.activity == "store"
        if self.stored == self.places.numel():
            sums = torch.stack([self.sums[number] for number in range(self.stored)], -1).view(1, -1, *self.places)
            self.sums, self.stored, self.layer, self.at = {}, 0, self.layer + 1, self.at + 1
            self.proceed(self.part.digital(sums - sums.mean(1, keepdim=True) if self.part.centred else sums))

    def product(self, number):
        """One window on the rows; a convolution of it has the product in the middle."""
        if not len(self.places):
            return self.chip[self.layer].sums(self.driven)[0]
        size = self.part.weight.shape[-1]
        row, column = divmod(number, self.places[1])
        padded = functional.pad(self.driven, [size // 2] * 4)
        window = padded[..., row : row + size, column : column + size]
        return self.chip[self.layer].sums(window)[0, :, size // 2, size // 2]


@torch.no_grad()
def test_scores_are_those_of_the_mapped_network(splits):
    network = networks.start(networks.build("unipolar", layers=LAYERS), splits[0].x[:200], seed=3).eval()
    assert isinstance(network, nn.Sequential)
    deployment = Deployment(network, map_network(network, device_spec(), CROSSBAR), device_spec(), seed=5)
    chip = deployment.make_chip(Condition(0))
    image = splits[1].x[7]
    with on_chip(chip):
        wanted = network(image.unsqueeze(0))
    work = [LayerWork(count, TIMES, dict.fromkeys(ACTIVITIES, 1.0)) for count in (64, 16, 1)]
    for schedule in (Schedule(), Schedule(stages=2)):
        machine = Machine(network, chip, image)
        simulate(ChipWork(tuple(work), frozenset({"lines", "stages", "adcs"})), schedule, [0], machine)
        assert machine.layer == 3 and torch.equal(machine.values, wanted) and len(set(wanted[0].tolist())) > 5
