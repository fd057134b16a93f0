"""Environments that need nothing but numpy: for trying the bridge, measuring it, and testing it where Gymnasium is not."""

import math
import time

import numpy as np

from agents_bridge import spaces


class CartPole:
    """Barto, Sutton and Anderson 1983, as CartPole-v1."""

    metadata = {"render_fps": 50}
    render_mode = "rgb_array"
    max_episode_steps = 500
    reward_threshold = 475.0

    def __init__(self, gravity=9.8):
        self.gravity = gravity
        high = np.array([4.8, np.inf, 24 * 2 * math.pi / 360, np.inf], np.float32)
        self.observation_space, self.action_space = spaces.Box(-high, high), spaces.Discrete(2)
        self.random = np.random.Generator(np.random.PCG64())
        self.state, self.steps = np.zeros(4), 0

    def reset(self, seed=None, options=None):
        if seed is not None:
            self.random = np.random.Generator(np.random.PCG64(seed))
        low, high = (options or {}).get("low", -0.05), (options or {}).get("high", 0.05)
        self.state, self.steps = self.random.uniform(low, high, 4), 0
        return self.state.astype(np.float32), {}

    def step(self, action):
        x, v, angle, omega = self.state.tolist()
        force = 10.0 if action == 1 else -10.0
        sin, cos = math.sin(angle), math.cos(angle)
        push = (force + 0.05 * omega * omega * sin) / 1.1
        turn = (self.gravity * sin - cos * push) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1))
        gain = push - 0.05 * turn * cos / 1.1
        self.state = np.array([x + 0.02 * v, v + 0.02 * gain, angle + 0.02 * omega, omega + 0.02 * turn])
        self.steps += 1
        over = abs(self.state[0]) > 2.4 or abs(self.state[2]) > 12 * 2 * math.pi / 360
        return self.state.astype(np.float32), 1.0, over, False, {"steps": self.steps, "state": self.state}

    def render(self):
        picture = np.zeros((40, 60, 3), np.uint8)
        picture[:, :, 0] = self.steps
        return picture

    def close(self):
        pass


class Frames:
    """Four stacked frames of 84 x 84 bytes that change with every step; for measuring."""

    def __init__(self):
        self.observation_space, self.action_space = spaces.Box(0, 255, (4, 84, 84), np.uint8), spaces.Discrete(6)
        self.frames = np.random.default_rng(0).integers(0, 256, (16, 4, 84, 84), np.uint8)
        self.steps = 0

    def reset(self, seed=None, options=None):
        self.steps = seed or 0
        return self.frames[self.steps % 16], {}

    def step(self, action):
        self.steps += 1
        return self.frames[self.steps % 16], float(action), self.steps % 100 == 99, False, {}

    def close(self):
        pass


class Busy(CartPole):
    """CartPole whose step takes some microseconds, of processor time or of waiting for something else; for measuring what can be done meanwhile."""

    def __init__(self, microseconds=100, waits=False):
        super().__init__()
        self.microseconds, self.waits = microseconds, waits

    def step(self, action):
        end = time.thread_time_ns() + 1000 * self.microseconds
        result = super().step(action)
        if self.waits:
            time.sleep(self.microseconds * 1e-6)
        while not self.waits and time.thread_time_ns() < end:
            pass
        return result
