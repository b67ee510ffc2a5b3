"""Compute the scores of a teacher on all inputs of its students' trainings: scores.safetensors."""

from xbar import files
from xbar.config.networks import InputsSpec
from xbar.job import begin
from xbar.training.scores import teacher_scores

snakemake = begin()

spec, seed = InputsSpec(**snakemake.params.inputs), int(snakemake.wildcards.seed)
files.write_tensors(
    snakemake.output.scores, *teacher_scores(snakemake.input.teacher, snakemake.input.dataset, spec, seed=seed)
)
