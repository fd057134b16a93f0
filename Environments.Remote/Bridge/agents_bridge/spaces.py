"""Spaces for environments that are written without Gymnasium; same names, attributes and meaning, nothing else."""

import numpy as np


class Box:
    """Real numbers between bounds."""

    def __init__(self, low, high, shape=None, dtype=np.float32):
        self.dtype = np.dtype(dtype)
        self.shape = tuple(shape) if shape is not None else np.shape(low)
        self.low = np.broadcast_to(np.asarray(low, self.dtype), self.shape).copy()
        self.high = np.broadcast_to(np.asarray(high, self.dtype), self.shape).copy()

    def contains(self, value):
        value = np.asarray(value)
        return value.shape == self.shape and bool(np.all(value >= self.low) and np.all(value <= self.high))


class Discrete:
    """Integers from start."""

    def __init__(self, n, start=0):
        self.n, self.start, self.shape, self.dtype = int(n), int(start), (), np.dtype(np.int64)

    def contains(self, value):
        return self.start <= int(value) < self.start + self.n


class MultiDiscrete:
    """Several integers from 0."""

    def __init__(self, nvec):
        self.nvec, self.dtype = np.asarray(nvec, np.int64), np.dtype(np.int64)
        self.shape = self.nvec.shape

    def contains(self, value):
        value = np.asarray(value)
        return value.shape == self.shape and bool(np.all(value >= 0) and np.all(value < self.nvec))


class MultiBinary:
    """Bits."""

    def __init__(self, n):
        self.n, self.shape, self.dtype = n, ((n,) if np.isscalar(n) else tuple(n)), np.dtype(np.int8)

    def contains(self, value):
        value = np.asarray(value)
        return value.shape == self.shape and bool(np.all((value == 0) | (value == 1)))


class Dict:
    """Named spaces."""

    def __init__(self, spaces):
        self.spaces = dict(spaces)

    def contains(self, value):
        return isinstance(value, dict) and all(space.contains(value[name]) for name, space in self.spaces.items())
