#!/usr/bin/env bash
# What became of a SLURM job, in the three words that Snakemake knows: success, running, failed.
state=$(squeue --noheader --states=all --format=%T --jobs="$1" 2>&1)
case "$state" in
"" | *"Invalid job id"*) state=$(scontrol --oneliner show job "$1" 2>&1) ;;
esac
case "${state#*JobState=}" in
COMPLETED*) echo success ;;
BOOT_FAIL* | CANCELLED* | DEADLINE* | FAILED* | NODE_FAIL* | OUT_OF_MEMORY* | PREEMPTED* | TIMEOUT*) echo failed ;;
*"Invalid job id"*) echo failed ;; # the controller has forgotten it
*) echo running ;;                 # also while the controller does not answer
esac
