"""Atari frames as agents take them (Machado et al. 2018, "Revisiting the Arcade Learning Environment", section 5; Mnih et al. 2015)."""

import numpy as np

from agents_bridge import spaces

MAX_FRAMES = 108_000  # half an hour of play


class AtariPreprocessing:
    """Frame skip, the maximum of the last two screens, 84 x 84 grey levels by area, no-ops, fire at reset, and life loss as an end.

    Takes an environment that gives one grey screen a step, (210, 160) or another height, and "lives" in its info. Frames are not stacked:
    single ones cross, and whoever learns stacks them.
    """

    def __init__(self, env, frame_skip=4, size=84, noop_max=30, fire_reset=False, life_loss=False, max_frames=MAX_FRAMES):
        shape = tuple(env.observation_space.shape)
        if len(shape) != 2:
            raise TypeError("it needs grey screens (obs_type='grayscale'), and %s has shape %s" % (type(env).__name__, shape))
        self.env, self.action_space = env, env.action_space
        self.observation_space = spaces.Box(0, 255, (size, size, 1), np.uint8)
        self.metadata, self.render_mode = getattr(env, "metadata", {}), getattr(env, "render_mode", None)
        self.max_episode_steps = -(-max_frames // frame_skip)  # the last one may be shorter
        self._skip, self._noops, self._life_loss, self._max_frames = frame_skip, noop_max, life_loss, max_frames
        meanings = getattr(getattr(env, "unwrapped", env), "get_action_meanings", list)()
        self._fire = meanings.index("FIRE") if fire_reset and "FIRE" in meanings else None
        self._down, self._right = area_weights(shape[0], size), area_weights(shape[1], size).T.copy()
        self._frames, self._lives, self._goes_on, self._random = 0, 0, False, np.random.default_rng()
        self._screens = [np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)]

    def reset(self, seed=None, options=None):
        if seed is not None:
            self._random = np.random.default_rng(seed)
        if self._goes_on and seed is None:
            screen, info = self._act(0, options)
        else:
            screen, info = self._reset_game(seed, options)
        self._goes_on = False
        self._lives = info.get("lives", 0)
        return self._shrink(screen), info

    def step(self, action):
        reward, terminated, truncated, info = 0.0, False, False, {}
        for frame in range(self._skip):
            screen, gained, terminated, truncated, info = self.env.step(action)
            self._frames += 1
            reward += gained
            if frame >= self._skip - 2:
                self._screens[frame & 1][...] = screen
            lives = info.get("lives", 0)
            truncated = truncated or self._frames >= self._max_frames
            lost, self._lives = 0 < lives < self._lives, lives
            if self._life_loss and lost and not (terminated or truncated):
                terminated = self._goes_on = True
            if terminated or truncated:
                break
        screens = self._screens if self._skip > 1 and frame == self._skip - 1 else [screen, screen]
        return self._shrink(np.maximum(*screens)), reward, terminated, truncated and not terminated, info

    def render(self):
        return self.env.render()

    def close(self):
        self.env.close()

    def _reset_game(self, seed, options):
        self._frames = 0
        screen, info = self.env.reset(seed=seed, options=options)
        pressed = 0
        if self._fire is not None:
            screen, info = self._act(self._fire, options)
            pressed = 1
        for _ in range(int(self._random.integers(self._noops)) - pressed if self._noops else 0):
            screen, info = self._act(0, options)
        return screen, info

    def _act(self, action, options):
        """A frame before the episode begins; where it ends the game, another game."""
        screen, _, terminated, truncated, info = self.env.step(action)
        self._frames += 1
        if terminated or truncated:
            screen, info = self.env.reset(options=options)
            self._frames = 0
        return screen, info

    def _shrink(self, screen):
        grey = self._down @ screen.astype(np.float32) @ self._right
        return np.rint(grey).astype(np.uint8)[:, :, None]


def area_weights(source, target):
    """Weights [target, source] that average the part of the source each target pixel covers, with shares at the borders."""
    edges = np.arange(target + 1, dtype=np.float64) * source / target
    pixels = np.arange(source)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return (np.clip(covered, 0, None) * target / source).astype(np.float32)
