"""Manifests that find something, each one thing."""

CLEAN = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  color: green
"""

ERROR = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: twice
data:
  color: green
  color: blue
"""
"""A duplicate key: an error, without a fix."""

WARNING = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: suppressing
data:
  color: green  # k8slint: ignore[duplicate-key] nothing to ignore here
"""
"""A suppression that suppresses nothing: a warning."""

INFO = "{{ if .Values.enabled }}\n" + CLEAN + "{{ end }}\n"
"""A template: an info."""

FIXABLE = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      resources:
        limits:
          memory: 512Mi  # the most it ever needs
"""
"""limits-without-requests, with a safe fix."""

FIXED = FIXABLE + "        requests:\n          memory: 512Mi\n"
