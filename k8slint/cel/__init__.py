"""CEL as the API server reads it: the syntax, the types of an expression, and what evaluating it may cost.

Expressions are never evaluated here. Source: github.com/google/cel-go v0.29, and k8s.io/apiserver/pkg/cel.
"""
