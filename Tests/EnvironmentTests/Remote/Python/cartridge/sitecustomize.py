"""Python runs this when it starts with the folder on its path: games are then those beside this file, whatever is in them. For tests only."""

import os

from ale_py import roms

roms.get_rom_path = lambda name: os.path.join(os.path.dirname(__file__), name + ".bin")
