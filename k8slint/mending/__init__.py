"""From changes to nodes to edits of text.

`layout` knows where things stand, `emit` writes values as text, `plan` says what is to change, `draft` and `entries`
how.
Everyone else uses `k8slint.edits`.
"""
