"""``python -m agents_bridge``."""

from agents_bridge.cli import main

if __name__ == "__main__":
    main()
