"""Spaces that are odd in one way each, as Gymnasium has them, in environments that show and take only members."""

from collections.abc import Sequence

import numpy as np

from agents_bridge import spaces

INF = np.inf


class Tuple(Sequence):
    """Spaces in a row, as Gymnasium's Tuple."""

    def __init__(self, *parts):
        self.spaces = tuple(parts)

    def __getitem__(self, index):
        return self.spaces[index]

    def __len__(self):
        return len(self.spaces)


class Text:
    """A space of letters."""

    shape = None


PLAIN, TWO = spaces.Box(-1.0, 1.0, (2,)), spaces.Discrete(2)
ALL = {
    "scalar": (spaces.Box(-1.0, 1.0, ()), TWO),
    "float64": (spaces.Box(-0.1, 0.1, (2,), np.float64), TWO),
    "float16": (spaces.Box(-2.0, 2.0, (2,), np.float16), TWO),
    "int32": (spaces.Box(-5, 5, (3,), np.int32), TWO),
    "int64": (spaces.Box(0, 1 << 20, (2,), np.int64), TWO),
    "uint16": (spaces.Box(0, 65535, (2, 2), np.uint16), TWO),
    "bool": (spaces.Box(0, 1, (3,), np.bool_), TWO),
    "odd_bytes": (spaces.Box(3, 200, (2, 2), np.uint8), TWO),
    "symbols": (spaces.Box(0, 5, (3, 3, 1), np.uint8), TWO),
    "byte": (spaces.Box(0, 255, (), np.uint8), TWO),
    "infinite": (spaces.Box(np.array([-INF, 3.0, -INF]), np.array([INF, INF, 5.0]), None, np.float64), TWO),
    "start": (spaces.Discrete(5, start=-2), TWO),
    "far_start": (spaces.Discrete(3, start=1 << 40), TWO),
    "no_choice": (spaces.Discrete(1, start=7), TWO),
    "table": (spaces.MultiDiscrete([[2, 3], [4, 5]]), TWO),
    "bits": (spaces.MultiBinary((2, 3)), TWO),
    "nested": (spaces.Dict({"a": spaces.Dict({"b": spaces.Discrete(3), "c": spaces.MultiBinary(2)}), "d": PLAIN}), TWO),
    "empty_entry": (spaces.Dict({"number": PLAIN, "nothing": spaces.Dict({}), "none": spaces.Box(0.0, 1.0, (0,))}), TWO),
    "odd_names": (spaces.Dict({"a.b": TWO, "a": spaces.Dict({"b": TWO}), "": TWO, "\u00fc /#": TWO}), TWO),
    "tuple": (Tuple(spaces.Discrete(3, start=1), Tuple(PLAIN, spaces.Box(0, 255, (2,), np.uint8))), TWO),
    "act_scalar": (PLAIN, spaces.Box(-1.0, 1.0, ())),
    "act_float64": (PLAIN, spaces.Box(-0.5, 2.0, (2,), np.float64)),
    "act_2d": (PLAIN, spaces.Box(-1.0, 1.0, (2, 3))),
    "act_asymmetric": (PLAIN, spaces.Box(np.array([-1.0, 5.0], np.float32), np.array([100.0, 5.5], np.float32))),
    "act_infinite": (PLAIN, spaces.Box(-INF, INF, (1,))),
    "act_int32": (PLAIN, spaces.Box(-3, 3, (2,), np.int32)),
    "act_start": (PLAIN, spaces.Discrete(3, start=5)),
    "act_table": (PLAIN, spaces.MultiDiscrete([[2, 3], [4, 5]])),
    "act_bits": (PLAIN, spaces.MultiBinary((2, 2))),
    "nothing": (spaces.Dict({}), TWO),
    "no_numbers": (spaces.Box(0.0, 1.0, (0,)), TWO),
    "text": (Text(), TWO),
}


def sample(space, random):
    """A member of a space."""
    inner = getattr(space, "spaces", None)
    if isinstance(inner, dict):
        return {name: sample(entry, random) for name, entry in inner.items()}
    if inner is not None:
        return tuple(sample(entry, random) for entry in inner)
    if hasattr(space, "nvec"):
        return random.integers(0, space.nvec)
    if hasattr(space, "low"):
        low, high = np.maximum(space.low.astype(np.float64), -1e6), np.minimum(space.high.astype(np.float64), 1e6)
        drawn = random.uniform(low, high) if space.dtype.kind == "f" else random.integers(low.astype(np.int64), high.astype(np.int64) + 1)
        return np.asarray(drawn).astype(space.dtype)
    if space.shape != ():
        return random.integers(0, 2, space.shape, np.int8)
    return int(space.start + random.integers(space.n))


class Specimen:
    """Shows random members of one space for a few steps, and takes members of another."""

    def __init__(self, name="scalar"):
        self.observation_space, self.action_space = ALL[name]
        self.random = np.random.default_rng()

    def reset(self, seed=None, options=None):
        if seed is not None:
            self.random = np.random.default_rng(seed)
        self.left = int(self.random.integers(3, 7))
        return sample(self.observation_space, self.random), {}

    def step(self, action):
        assert self.action_space.contains(action), action
        assert getattr(self.action_space, "dtype", None) is None or np.asarray(action).dtype.kind == self.action_space.dtype.kind, action
        self.left -= 1
        return sample(self.observation_space, self.random), 0.5, self.left == 0, False, {}

    def close(self):
        pass
