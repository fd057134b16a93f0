"""Environments that follow Gymnasium's API without needing it: a working one, and one for each way to go wrong."""

import os
import time

import numpy as np

from agents_bridge import spaces
from agents_bridge.samples import CartPole, Frames  # noqa: F401


class Numbered(CartPole):
    """CartPole that does something in a step of its own count, across episodes."""

    def __init__(self, at=5):
        super().__init__()
        self.at, self.count = at, 0

    def step(self, action):
        self.count += 1
        result = super().step(action)
        return self.strike(result) if self.count == self.at else result


class Raises(Numbered):
    def strike(self, result):
        raise ValueError("the pole\nis on fire")


class WrongShape(Numbered):
    def strike(self, result):
        return (np.zeros(3, np.float32),) + result[1:]


class NotANumber(Numbered):
    def strike(self, result):
        return (np.full(4, np.nan, np.float32),) + result[1:]


class NotANumberReward(Numbered):
    def strike(self, result):
        return (result[0], float("nan")) + result[2:]


class Dies(Numbered):
    """Ends its process once for every file of that name that it can create."""

    def __init__(self, at=5, once=""):
        super().__init__(at)
        self.once = once

    def strike(self, result):
        if self.once:
            try:
                with open(self.once, "x", encoding="utf-8"):  # in one go: halves of the copies are in two processes
                    pass
            except FileExistsError:
                return result
        self.fail()
        return result

    def fail(self):
        os._exit(9)


class Hangs(Dies):
    def fail(self):
        time.sleep(3600)


class Everything:
    """Every kind of space in one dictionary; shows what it was told."""

    def __init__(self):
        entries = {
            "picture": spaces.Box(0, 255, (2, 3), np.uint8),
            "number": spaces.Discrete(5, start=-2),
            "numbers": spaces.MultiDiscrete([2, 3]),
            "bits": spaces.MultiBinary(3),
            "vector": spaces.Box(-1.0, np.inf, (2,), np.float64),
        }
        self.observation_space, self.action_space = spaces.Dict(entries), spaces.Dict(entries)
        self.told = None

    def reset(self, seed=None, options=None):
        return {
            "picture": np.arange(6, dtype=np.uint8).reshape(2, 3), "number": -1, "numbers": np.array([1, 2]),
            "bits": np.array([1, 0, 1], np.int8), "vector": np.array([0.5, 7.0]),
        }, {}

    def step(self, action):
        assert self.action_space.contains(action), action
        return action, 0.5, False, False, {}

    def close(self):
        pass


class Picky:
    """Is no environment: has no step."""

    def __init__(self):
        raise SystemExit("this must never be made")


class BriefCartPole(CartPole):
    """CartPole whose episodes are cut off after a few steps."""

    max_episode_steps = 20
