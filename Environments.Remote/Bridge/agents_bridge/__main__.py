"""``python -m agents_bridge``."""

import os
import sys

# Python puts the working directory first where a module is run, and whatever lies there would be imported instead of what is meant.
if not getattr(sys.flags, "safe_path", False) and sys.path[:1] == [os.getcwd()]:
    del sys.path[0]

from agents_bridge.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
