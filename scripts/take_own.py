"""files that a user names -> one archive of them, once the network in them is built and prepared"""

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
