"""The words of verdicts on savings, the strongest first."""

EQUAL = "holds at equal time"  # also where the baseline may take as long as the proposal
MORE = "holds with more time"  # where the proposal may take longer than the baseline
NONE = "not found"
VERDICTS = (EQUAL, MORE, NONE)
