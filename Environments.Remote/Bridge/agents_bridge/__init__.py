"""Environments across processes: Gymnasium's for .NET, and .NET's for Python.

``agents-bridge serve CartPole-v1`` serves; ``agents_bridge.client`` steps what ``agents serve-env`` serves.
"""

__version__ = "0.1.0"
