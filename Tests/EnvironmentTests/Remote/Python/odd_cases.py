"""Environments that are odd in what they give, take, start or need, one for each way."""

import os
import subprocess
import sys
import time

import numpy as np

from agents_bridge import spaces
from agents_bridge.samples import CartPole


class Odd:
    """Shows zeros; what it does in a step is its subclasses'."""

    observation_space = spaces.Box(0.0, 1.0, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        return np.zeros(1, np.float32), {}

    def step(self, action):
        return np.zeros(1, np.float32), 0.0, False, False, {}

    def close(self):
        pass


class Narrow(Odd):
    """Takes nothing but what is in its space; the action is the reward."""

    def __init__(self, kind="float64"):
        low, high = (-0.1, 0.1) if kind.startswith("float") else (-3, 2**31 - 1)
        self.action_space = spaces.Box(low, high, (1,), kind)

    def step(self, action):
        assert self.action_space.contains(action) and action.dtype == self.action_space.dtype, action
        return np.zeros(1, np.float32), float(action[0]), False, False, {}


class Shows(Odd):
    """Shows a value in its second step, in the second element, and a good one before."""

    SPACES = {
        "bytes": spaces.Box(0, 255, (2, 2), np.uint8),
        "few_bytes": spaces.Box(0, 5, (2, 2), np.uint8),
        "digits": spaces.MultiDiscrete([2, 3]),
        "bits": spaces.MultiBinary(2),
        "digit": spaces.Discrete(3),
        "dict": spaces.Dict({"vector": spaces.Box(-1.0, 1.0, (2,)), "digits": spaces.MultiDiscrete([2, 3])}),
    }

    def __init__(self, space="bytes", value="300"):
        self.observation_space, self.value, self.steps = self.SPACES[space], float(value), 0

    def reset(self, seed=None, options=None):
        self.steps = 0
        return self.shown(0.0), {}

    def step(self, action):
        self.steps += 1
        return self.shown(self.value if self.steps == 2 else 0.0), 0.0, False, False, {}

    def shown(self, value):
        space = self.observation_space
        if isinstance(space, spaces.Dict):
            return {"vector": np.zeros(2), "digits": [0, value]}
        numbers = np.zeros(space.shape, np.float64)
        numbers.reshape(-1)[-1 if numbers.size == 1 else 1] = value
        return numbers if value != int(value if value == value else 0) else numbers.astype(np.int64)


class LeavesBehind(Odd):
    """In its first step, unless the file is there: starts a process that outlives its own and holds its output open, writes the number of
    both into the file, and hangs or dies."""

    def __init__(self, file, dies=False):
        self.file, self.dies = file, dies

    def step(self, action):
        if not os.path.exists(self.file):
            command = "(sleep 600 & echo %d $! > %s.new; mv %s.new %s)" % (os.getpid(), self.file, self.file, self.file)
            subprocess.run(["sh", "-c", command], check=True)
            if self.dies:
                os._exit(9)
            time.sleep(3600)
        return super().step(action)


class BadText(Odd):
    def step(self, action):
        raise RuntimeError("cannot open 'caf\udce9.xml'")


class NoText(Odd):
    def step(self, action):
        class Mute(Exception):
            def __str__(self):
                raise ValueError

        raise Mute


class Exits(Odd):
    def step(self, action):
        sys.exit(3)


class OldSeed(Odd):
    """Seeds as many old environments do; shows the halves of its seed."""

    observation_space = spaces.Box(0.0, 65535.0, (2,), np.float32)

    def reset(self, seed=None, options=None):
        np.random.seed(seed)
        return np.array([(seed or 0) >> 16, (seed or 0) & 0xFFFF], np.float32), {}


class OddInfo(Odd):
    """Ends every step with an info that JSON cannot tell."""

    def __init__(self, kind="keys"):
        loop = {}
        loop["loop"] = loop
        self.info = {"keys": {"cells": {(1, 2): 3}}, "loop": loop, "mute": {"value": Mute()}, "nan": {"loss": float("nan")}}[kind]

    def step(self, action):
        return np.zeros(1, np.float32), 1.0, True, False, self.info


class Mute:
    def __str__(self):
        raise ValueError("says nothing")

    __repr__ = __str__


class NeedsMainThread(CartPole):
    """Wants signals and asyncio's loop, and a signal that interrupts its own step."""

    def __init__(self):
        import asyncio
        import signal

        super().__init__()
        signal.signal(signal.SIGALRM, self.ring)
        self.loop, self.rung = asyncio.new_event_loop(), 0
        asyncio.set_event_loop(self.loop)
        asyncio.get_event_loop().run_until_complete(asyncio.sleep(0))
        self.alarm = lambda: signal.setitimer(signal.ITIMER_REAL, 0.01)

    def ring(self, *_):
        self.rung += 1
        raise InterruptedError

    def step(self, action):
        self.alarm()
        try:
            time.sleep(600)
        except InterruptedError:
            pass
        observation, _, terminated, truncated, info = super().step(action)
        return observation, float(self.rung), terminated, truncated, info
