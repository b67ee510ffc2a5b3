"""UCI HAR: windows of raw inertial signals from a phone at the waist, six activities, split by subject.

D. Anguita, A. Ghio, L. Oneto, X. Parra, J. L. Reyes-Ortiz, "A Public Domain Dataset for Human Activity
Recognition Using Smartphones", ESANN 2013.
"""

from pathlib import Path

import numpy as np
import torch

from xbar.datasets import archives
from xbar.datasets.splits import Splits, group_folds

TITLE = "UCI HAR"
ARCHIVES = ("UCI HAR Dataset.zip", "human+activity+recognition+using+smartphones.zip")
CLASSES = ("walking", "walking upstairs", "walking downstairs", "sitting", "standing", "laying")
CHANNELS = tuple(f"{sensor}_{axis}" for sensor in ("body_acc", "body_gyro", "total_acc") for axis in "xyz")
FILES = tuple(
    f"UCI HAR Dataset/{part}/{file}_{part}.txt"
    for part in ("train", "test")
    for file in ("y", "subject", *(f"Inertial Signals/{channel}" for channel in CHANNELS))
)
SAMPLES = 128  # 2.56 s at 50 Hz
SHAPE = (len(CHANNELS), 1, SAMPLES)  # of one input
FOLD_SEED = 7


def splits(raw: Path, folds: int) -> Splits:
    """The official split by subject. A validation fold is a set of whole training subjects, a test group one subject.

    Inputs (N, 9, 1, 128) float32 in file units (accelerations in g, angular rates in rad/s), channels as in `CHANNELS`;
    labels 0 to 5 in the order of `CLASSES`. `raw`: a folder or a zip that holds `FILES`. ValueError for a missing or
    malformed file, for signals of another number of samples, and for more folds than subjects.
    """
    with archives.opened(raw, FILES) as read:
        train_x, train_y, subjects = _part(read, raw, "train")
        test_x, test_y, test_subjects = _part(read, raw, "test")
    fold = group_folds(subjects, folds, np.random.default_rng(FOLD_SEED))
    return Splits(train_x, train_y, torch.from_numpy(fold), test_x, test_y, torch.from_numpy(test_subjects))


def _part(read: archives.Reader, raw: Path, part: str) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    folder = f"UCI HAR Dataset/{part}"
    labels = _numbers(read, raw, f"{folder}/y_{part}.txt").astype(np.int64)
    subjects = _numbers(read, raw, f"{folder}/subject_{part}.txt").astype(np.int64)
    if len(subjects) != len(labels):
        raise ValueError(f"{raw / folder}/subject_{part}.txt has {len(subjects)} numbers; {len(labels)} are needed")
    x = np.empty((len(labels), *SHAPE), dtype=np.float32)
    for channel, name in enumerate(CHANNELS):
        path = f"{folder}/Inertial Signals/{name}_{part}.txt"
        values = _numbers(read, raw, path)
        if values.size != len(labels) * SAMPLES:
            raise ValueError(f"{raw / path} has {values.size} numbers; {len(labels)} x {SAMPLES} are needed")
        x[:, channel, 0] = values.reshape(len(labels), SAMPLES)
    return torch.from_numpy(x), torch.from_numpy(labels - 1), subjects


def _numbers(read: archives.Reader, raw: Path, name: str) -> np.ndarray:
    text = read(name)
    if text is None:
        raise ValueError(f"{raw / name} is missing; needed is it, or one of {', '.join(ARCHIVES)} with it")
    return np.fromstring(text, sep=" ")
