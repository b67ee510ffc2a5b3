"""A user's own network."""

from xbar.tables.columns import DATASET, DEVICE_KIND, LAYER, NETWORK_KIND, number, table, text
from xbar.tables.networks import LAYERS

OWN_NETWORK = text("network", "name of the network in own_networks of config.yaml")
OWN_MODULE = text("module", "name of the layer in the user's own module")
OWN_CASE = (
    text("condition", "float: the user's own module; quantised: prepared; ideal: on arrays; noisy: a simulated chip"),
    number("chip", "1", "number of the simulated chip; empty but for noisy"),
    number("time_s", "s", "time from programming to reading; empty but for noisy"),
    text("compensation", "of drift: none, or array for one digital factor per array; empty but for noisy"),
)
OWN_KEY = "network condition chip time_s compensation"
OWN_ACCURACY = table(
    "own_accuracy",
    "results/own/{own}/accuracy.csv",
    "test accuracy of a network of one's own: as it is, quantised, on arrays without noise, and on simulated chips",
    OWN_KEY,
    OWN_NETWORK,
    DATASET,
    *OWN_CASE,
    *NETWORK_KIND,
    *DEVICE_KIND,
    text("trained", "yes where it was fine-tuned with noise, else no; empty in floating point"),
    number("accuracy", "1", "share of the test examples that are classified rightly"),
)
OWN_ERRORS = table(
    "own_errors",
    "results/own/{own}/errors.csv",
    "root mean square error of every layer's outputs over their standard deviation in the user's own module",
    f"{OWN_KEY} layer",
    OWN_NETWORK,
    *OWN_CASE,
    LAYER,
    OWN_MODULE,
    number("own_error", "1", "error of the layer at the inputs that it has in the user's own module"),
    number("accumulated_error", "1", "error of the layer behind the layers before it"),
)
OWN_TRAINING = table(
    "own_training",
    "results/own/{own}/history.csv",
    "course of a fine-tuning with noise",
    "network epoch",
    OWN_NETWORK,
    number("epoch", "1", "number of the epoch, from 1"),
    number("loss", "nat", "mean training loss of the epoch, with noise"),
)
OWN_LAYERS = table(
    "own_layers",
    "results/own/{own}/layers.csv",
    "sizes of the layers of a network of one's own, with ranges and activity on training examples",
    "network layer",
    OWN_NETWORK,
    OWN_MODULE,
    *LAYERS.columns[1:],
)
OWN_DIGITAL = table(
    "own_digital",
    "results/own/{own}/digital.csv",
    "matrix products of a network of one's own that no array computes and that no cost contains",
    "where operation",
    text("where", "module in whose forward they are"),
    text("operation", "operation of torch"),
    number("products", "1", "multiply-accumulates of one inference; empty where torch does not count them"),
)
