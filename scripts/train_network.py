"""Train one network with one seed: weights.safetensors, layers.csv and history.csv."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec, TrainingSpec
from xbar.hardware.device import programming_polynomial
from xbar.job import begin, checkpoint_of, forget
from xbar.network.geometry import layer_sizes, shape_of
from xbar.network.measure import layer_table
from xbar.network.storage import write_network
from xbar.tables import LAYERS, TRAINING, write_table
from xbar.training.train import train_network

snakemake = begin()

about = {name: snakemake.params[name] for name in ("network", "architecture", "training", "crossbar")}
if searched := snakemake.input.get("searched"):
    found = files.read_json(searched)
    about |= {"architecture": found["architecture"], "network": about["network"] | {"signs": found["signs"]}}
spec, recipe = NetworkSpec(**about["network"]), TrainingSpec(**about["training"])
name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
noise: tuple[float, ...] = ()
if spec.noise == "device":
    noise = programming_polynomial(DeviceSpec(**snakemake.params.device), snakemake.params.laws)
checkpoint = checkpoint_of(snakemake.params.checkpoint, snakemake.params.code)
architecture, crossbar = ArchitectureSpec(**about["architecture"]), CrossbarSpec(**about["crossbar"])
network, history, inputs = train_network(
    spec, architecture, crossbar, recipe, snakemake.input.dataset, seed=seed, noise=noise, checkpoint=checkpoint,
    **{role: snakemake.input.get(role) for role in ("warm_start", "teacher", "scores")},
)  # fmt: skip
write_network(snakemake.output.weights, network, about | {"name": name, "seed": seed})
sizes = layer_sizes(architecture, shape_of(inputs.shape), polarity=spec.polarity)
write_table(snakemake.output.layers, LAYERS, layer_table(network, sizes, inputs), network=name, seed=seed)
write_table(snakemake.output.history, TRAINING, history, network=name, seed=seed)
forget(checkpoint)  # last, so that a failure before it costs no training
