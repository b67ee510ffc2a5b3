"""Tables of the made-up circuits: costs and simulation by events."""

from support.made_up.run import MAPPINGS


def cost_rows(comparisons: dict[str, dict[str, str]], double: float = 2.0, shrink: float = 2.5) -> list[dict]:
    """A signed corner costs `double` the unipolar one; sharing `shrink`s the area of the converters."""
    parts = {"cell": (2e3, 900.0), "adc": (4e5, 4e3), "dac": (6e4, 700.0), "front_end": (9e4, 1500.0),
             "wordline": (3e4, 400.0), "shift_add": (2e4, 250.0), "subtractor": (9e3, 60.0), "mux": (2e3, 10.0),
             "rescale": (8e3, 120.0), "buffer": (1.5e4, 200.0)}  # fmt: skip
    laws = {"A": 1.6, "B": 1.0, "C": 0.4, "D": 1.2}
    rows = {}
    for sides in comparisons.values():
        for polarity, network in sides.items():
            for corner in (f"{polarity}-own", f"{polarity}-shared"):
                for mapping in MAPPINGS if polarity == "signed" else ("unipolar",):
                    for law, factor in laws.items():
                        for bank in ("largest", "16") if corner.endswith("shared") else ("own",):
                            side = {"two-crossbars": double, "unipolar": 1.0}.get(mapping, 1.2)
                            for part, (area, energy) in parts.items():
                                size = side * (factor if part == "adc" else 1.0)
                                shared = corner.endswith("shared") and part in ("adc", "dac", "front_end")
                                squeeze = shrink * (2 if bank == "16" else 1) if shared else 1.0
                                row = {
                                    "network": network, "dataset": network.split("-")[0], "corner": corner,
                                    "mapping": mapping, "adc_law": law, "bank": bank, "component": part, "count": 10,
                                    "area_um2": area * size / squeeze, "energy_pJ": energy * size,
                                    "latency_ns": 150.0 if bank == "16" and part == "adc" else 50.0,
                                }  # fmt: skip
                                rows[tuple(row.values())[:7]] = row
    return list(rows.values())


def layer_cost_rows(comparisons: dict[str, dict[str, str]]) -> list[dict]:
    """The circuits of `cost_rows` by layer: two layers that share everything evenly."""
    return [
        {name: row[name] for name in ("network", "dataset", "corner", "mapping", "adc_law", "bank")}
        | {"layer": layer, "area_um2": row["area_mm2"] / 2 * 1e6, "energy_pJ": row["energy_nJ"] / 2 * 1e3,
           "latency_ns": row["latency_us"] / 2 * 1e3}
        for row in performance_rows(comparisons) for layer in range(2)
    ]  # fmt: skip


def performance_rows(comparisons: dict[str, dict[str, str]]) -> list[dict]:
    """The circuits of `cost_rows`, summed; a million products per inference, layers of equal latency."""
    keys, sums = ("network", "dataset", "corner", "mapping", "adc_law", "bank"), {}
    for row in cost_rows(comparisons):
        key = tuple(row[name] for name in keys)
        old = sums.get(key, (0.0, 0.0, 0.0))
        values = (row[name] for name in ("area_um2", "energy_pJ", "latency_ns"))
        sums[key] = tuple(a + b for a, b in zip(old, values, strict=True))
    return [
        dict(zip(keys, key, strict=True))
        | {"area_mm2": area / 1e6, "energy_nJ": energy / 1e3, "latency_us": latency / 1e3,
           "interval_us": latency / 1e3 / (3 if "own" in key else 1), "macs": 1e6, "tops_per_W": 2e6 / energy,
           "tops_per_mm2": 2e6 / area / latency * 1e3, "array_energy_share": 0.1}
        for key, (area, energy, latency) in sums.items()
    ]  # fmt: skip


def system_rows(comparisons: dict[str, dict[str, str]]) -> list[dict]:
    """The circuits of `performance_rows` in three schedules, of which the first is the closed form itself."""
    factors = {"closed form": 1.0, "serial": 1.1, "overlapped": 0.7}
    return [
        {name: row[name] for name in ("network", "dataset", "corner", "mapping", "adc_law", "bank")}
        | {"schedule": schedule, "latency_ns": 1e3 * factor * row["latency_us"],
           "interval_ns": 1e3 * factor * row["interval_us"], "closed_latency_ns": 1e3 * row["latency_us"],
           "closed_interval_ns": 1e3 * row["interval_us"],
           "energy_pJ": 1e3 * row["energy_nJ"], "leakage_uW": 20.0, "added_um2": 100.0, "waiting_ns": 50.0,
           "lines_busy": 0.4 / factor, "adcs_busy": 0.5 / factor, "digital_busy": 0.2, "bus_busy": 0.1, "events": 245}
        | ({"period_s": 1.28, "power_uW": 21.0, "gated_uW": 1.0} if row["dataset"] == "har" else {})
        for row in performance_rows(comparisons) for schedule, factor in factors.items()
        if row["adc_law"] == "B" and row["mapping"] in ("two-crossbars", "unipolar")
    ]  # fmt: skip


def event_rows(comparisons: dict[str, dict[str, str]]) -> list[dict]:
    """Two products of two layers of the first unipolar network, one after the other or side by side."""
    stations = {"fetch": "bus", "read": "lines", "convert": "adcs", "digital": "digital", "store": "bus"}
    return [
        {"network": sides["unipolar"], "dataset": sides["unipolar"].split("-")[0], "corner": "unipolar-shared",
         "mapping": "unipolar", "adc_law": "B", "bank": "16", "schedule": schedule, "layer": layer, "product": product,
         "activity": activity, "station": station, "start_ns": start, "end_ns": start + 100.0}
        for sides in list(comparisons.values())[:1] for schedule, step in (("serial", 500.0), ("overlapped", 100.0))
        for layer in range(2) for product in range(2) for place, (activity, station) in enumerate(stations.items())
        for start in [1000.0 * layer + step * product + 100.0 * place]
    ]  # fmt: skip
