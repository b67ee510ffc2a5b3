"""What a count or a price may be, so that one formula serves a single circuit and thousands of draws."""

import numpy as np

Number = float | int | np.ndarray | np.number  # one value, or arrays (layers) or (layers, draws)
