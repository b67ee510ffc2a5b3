"""Pack the files of a network of one's own into one archive, once that network could be built and prepared."""

from xbar.checks.own import packed
from xbar.config.crossbars import CrossbarSpec
from xbar.config.own import OwnNetworkSpec
from xbar.job import begin
from xbar.own.entry import gathered, pack, try_network

snakemake = begin()

named = OwnNetworkSpec(**snakemake.params.own)
with gathered(named) as own:
    try_network(snakemake.wildcards.own, own, CrossbarSpec(**snakemake.params.crossbar).rows)
pack(snakemake.output.given, packed(named)[1])
