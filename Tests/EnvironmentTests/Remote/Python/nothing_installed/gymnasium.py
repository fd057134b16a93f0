"""First on the path, a machine looks as if Gymnasium were not installed. For tests only."""

raise ModuleNotFoundError("No module named 'gymnasium'", name="gymnasium")
