"""``python FOLDER``: runs the bridge with this folder at the front of Python's path, where ``-m`` would put the working directory."""

from agents_bridge.cli import main

if __name__ == "__main__":
    main()
