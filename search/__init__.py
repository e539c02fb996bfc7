"""Which patterns are tried, how they are judged, where they run and where they are recorded."""

import os

from search.components.own_packages import come_first

# No library that is used here may call home, and none may be asked for it before these are set.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")
# MLflow sets up its own loggers when it is imported; its remarks would break into the progress display.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")

come_first()  # before any of these packages is imported
