"""A stand-in with the frame format of the Arcade Learning Environment; what is on the screen tells what happened. For tests only.

The left half of the screen shows the frame's number modulo 200, the right half the last action times 10. Fire starts the game: until then
nothing scores. Every 40 frames a life of three is lost. Action 2 scores a point a frame.
"""

import numpy as np

from agents_bridge import spaces


class Pong:
    metadata = {"render_modes": ["rgb_array"], "render_fps": 60}

    def __init__(self, render_mode=None, obs_type="rgb", frameskip=4, repeat_action_probability=0.25, full_action_space=False,
                 max_num_frames_per_episode=0, mode=None, difficulty=None):
        assert obs_type == "grayscale" and frameskip == 1, "the bridge asks for single grey screens"
        self.render_mode, self.sticky, self.limit, self.mode = render_mode, repeat_action_probability, max_num_frames_per_episode, mode
        self.observation_space = spaces.Box(0, 255, (210, 160), np.uint8)
        self.action_space = spaces.Discrete(18 if full_action_space else 6)

    @property
    def unwrapped(self):
        return self

    def get_action_meanings(self):
        return ["NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"]

    def reset(self, seed=None, options=None):
        self.frame, self.lives, self.fired, self.action = 0, 3, False, 0
        return self._screen(), {"lives": 3}

    def step(self, action):
        self.frame += 1
        self.action, self.fired = action, self.fired or action == 1
        if self.frame % 40 == 0:
            self.lives -= 1
        reward = 1.0 if action == 2 and self.fired else 0.0
        over = self.lives == 0
        return self._screen(), reward, over, 0 < self.limit <= self.frame, {"lives": self.lives, "frame_number": self.frame}

    def render(self):
        return np.repeat(self._screen()[:, :, None], 3, axis=2)

    def close(self):
        pass

    def _screen(self):
        screen = np.empty((210, 160), np.uint8)
        screen[:, :80], screen[:, 80:] = self.frame % 200, self.action * 10
        return screen


GAMES = {"ALE/Pong-v5": Pong}
