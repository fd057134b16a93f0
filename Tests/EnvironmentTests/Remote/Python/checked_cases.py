"""Environments with one thing wrong each, for the checks of ``agents check``."""

import numpy as np

from agents_bridge import spaces


class Walk:
    """Nothing wrong: a walk of random length."""

    def __init__(self):
        self.observation_space, self.action_space = spaces.Box(-1.0, 1.0, (2,)), spaces.Discrete(2)
        self.random = np.random.default_rng()

    def draw(self):
        return self.random

    def reset(self, seed=None, options=None):
        if seed is not None:
            self.seed(seed)
        self.left, self.place = int(self.draw().integers(4, 9)), self.draw().uniform(-0.1, 0.1)
        return self.show(), {}

    def seed(self, seed):
        self.random = np.random.default_rng(seed)

    def show(self):
        return np.array([self.place, self.left / 10], np.float32)

    def step(self, action):
        self.left -= 1
        self.place += 0.05 if action else -0.05
        return self.show(), 1.0, self.left == 0, False, {}

    def close(self):
        pass


class InfoIsAList(Walk):
    def step(self, action):
        return super().step(action)[:4] + ([1, 2],)


class Unseeded(Walk):
    def seed(self, seed):
        pass


class FixedSeed(Walk):
    def seed(self, seed):
        self.random = np.random.default_rng(7)


class TooFar(Walk):
    def show(self):
        return super().show() * (3 if self.left == 2 else 1) + (self.left == 2)


class OldInterface(Walk):
    """Returns the observation alone, as Gym did before version 0.26."""

    def reset(self, seed=None, options=None):
        return super().reset(seed)[0][:1]
