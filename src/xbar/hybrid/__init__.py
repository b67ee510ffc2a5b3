"""Training on the devices: updates gathered digitally and applied as pulses, from scratch and as repair."""
