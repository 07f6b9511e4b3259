from __future__ import annotations

import os

# No test may see what another, or the user, has found before. Those that are about the cache say where theirs is.
os.environ["K8SLINT_NO_CACHE"] = "1"
