"""What a command has loaded by the time it refuses what it is given."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

HEAVY = ("torch", "scipy", "pandas", "matplotlib", "optuna", "hydra")


def check_refuses_lightly(module: str, words: Sequence[str]) -> None:
    """See that a command refuses these words with status 2, and loads nothing heavy for it."""
    code = f"import sys, {module}; assert {module}.main({list(words)}) == 2; assert not {{*{HEAVY}}} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
