"""Names that Kubernetes, or DNS, will not take."""
