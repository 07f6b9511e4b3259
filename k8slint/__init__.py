"""k8slint: a static linter for Kubernetes manifests.

Rules, packs and reporters import `k8slint.api`; everything else in this package is the engine's own.
"""

__version__ = "0.1.0"
