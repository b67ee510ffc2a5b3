"""What tests share; here the checks of types and shapes that jaxtyping puts into the package while they run."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float, as for mypy
