#!/usr/bin/env bash
# What became of a SLURM job, in the three words that Snakemake knows: success, running, failed.
state=$(squeue --noheader --states=all --format=%T --jobs="$1" 2>/dev/null)
case "${state:-$(scontrol --oneliner show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')}" in
COMPLETED) echo success ;;
PENDING | RUNNING | CONFIGURING | COMPLETING | SUSPENDED | REQUEUED | "") echo running ;;
*) echo failed ;;
esac
