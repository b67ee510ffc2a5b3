"""Work: the processor time of a training as its products and steps have it, whatever else the machine does.

Measured on 188 trainings of HAR candidates, batch 128, one core with AVX-512 in float32 (R2 0.88). Work is the budget
by which searches are compared: the seconds of the same training differed by a factor of two on a shared machine.
"""

FIXED_S = 2.5  # start, and the chips of the evaluation
STEP_S = 0.015
MEGAPRODUCT_S = 0.019  # of a step, for a million products of one inference


def work_of(products: int, steps: int) -> float:
    """Work, seconds of that core, of a training of `steps`; `products`: of one inference."""
    return FIXED_S + steps * (STEP_S + MEGAPRODUCT_S * products * 1e-6)
