"""What third parties write for Gymnasium; importing it registers ids."""

import gymnasium
import numpy as np
from gymnasium import spaces


class Guess(gymnasium.Env):
    """Says whether the last action was below, at or above the number to be guessed, and a random point."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 7}

    def __init__(self, number=3, render_mode=None):
        self.number, self.render_mode = number, render_mode
        self.observation_space = spaces.Tuple((spaces.Discrete(3, start=-1), spaces.Box(0.0, 1.0, (2,), np.float64)))
        self.action_space = spaces.Discrete(5, start=1)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return (0, self.np_random.random(2)), {}

    def step(self, action):
        assert self.action_space.contains(action), action
        side = (action > self.number) - (action < self.number)
        return (side, self.np_random.random(2)), float(side == 0), False, False, {}

    def render(self):
        return np.full((20, 30, 3), self.number, np.uint8)


class OnlyForHumans(Guess):
    """Refuses modes that it does not know, as Gymnasium's template for environments does."""

    metadata = {"render_modes": ["human"], "render_fps": 4}

    def __init__(self, render_mode=None):
        assert render_mode is None or render_mode in self.metadata["render_modes"]
        super().__init__(render_mode=render_mode)


class Choice(Guess):
    """One space or another, which has no row of one size."""

    def __init__(self, render_mode=None):
        super().__init__(render_mode=render_mode)
        self.observation_space = spaces.OneOf((spaces.Discrete(2), spaces.Discrete(3)))


class Add(gymnasium.RewardWrapper):
    def __init__(self, env, amount, times):
        super().__init__(env)
        self.sum = amount * times

    def reward(self, reward):
        return reward + self.sum


gymnasium.register("cases/Guess-v0", "gymnasium_cases:Guess", max_episode_steps=6, reward_threshold=5.0)
gymnasium.register("cases/Function-v0", lambda render_mode=None: Guess(2, render_mode))
gymnasium.register("cases/Blind-v0", lambda: Guess(2))
