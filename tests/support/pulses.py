"""Laws of pulses for tests: the published one, and equal cells without noise whose steps are all alike."""

from pathlib import Path

from xbar.config.hybrid import WritingSpec
from xbar.hybrid.law import PulseLaw, read_pulse_law

PCM = read_pulse_law(Path(__file__).parents[2] / "workflow/reference/pulses.csv", "pcm-pulsed")
LINEAR = PulseLaw(**dict.fromkeys(PulseLaw._fields, 0.0) | {"range": 2.0, "step": 0.02})
WRITING = WritingSpec(pulses=31, upper=0.75, lower=0.25)
