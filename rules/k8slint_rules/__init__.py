"""The built-in rules: one folder a group, one file a rule, each imported from `k8slint.api` alone."""
