"""The JSON Schema of a config file, made from the rules and their options: for editors, and shipped with the docs."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from k8slint.options import option_fields, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from k8slint.nodes import Plain
    from k8slint.rule import Rule

_STRINGS: dict[str, Plain] = {"type": "array", "items": {"type": "string"}}
_WORDS: dict[str, Plain] = {"anyOf": [_STRINGS, {"type": "string"}]}
_LEVEL: dict[str, Plain] = {"$ref": "#/$defs/level"}

KEYS: dict[str, dict[str, Plain]] = {
    "extends": {
        "type": "string",
        "description": (
            "What this starts from: essential, recommended (the default) or strict, or the path of another config file."
        ),
        "default": "recommended",
    },
    "minSeverity": {
        "type": "string",
        "enum": ["error", "warning", "info"],
        "description": "The least severity that is reported; what is below it is only counted.",
        "default": "info",
    },
    "kubernetesVersion": {
        "type": ["string", "number"],
        "pattern": r"^\s*v?\d+\.\d+(\.\d+)?(\s*-\s*v?\d+\.\d+(\.\d+)?)?\s*$",
        "description": (
            'The version of Kubernetes that the manifests are for, or a range: "1.33", "1.29-1.33". '
            "By default the newest that is known."
        ),
    },
    "exclude": {
        **_STRINGS,
        "description": "Files and folders to leave out, as patterns of the form that .gitignore has.",
    },
    "complete": {
        "type": "boolean",
        "description": "Whether the input is all there is: what is referred to and not in it is missing.",
        "default": False,
    },
    "external": {
        "type": "array",
        "items": {"type": "string", "pattern": r"^[^/]+/[^/]+(/[^/]+)?$"},
        "description": "Objects that exist elsewhere: Kind/name or Kind/namespace/name, where * stands for anything.",
    },
    "images": {
        "type": "object",
        "description": "What images run by themselves, for the rules on command and args.",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "dockerfile": {"type": "string", "description": "The Dockerfile that the image is built from."},
                "entrypoint": {
                    **_WORDS,
                    "description": "The image's ENTRYPOINT: a list is the exec form, a string the shell form.",
                },
                "cmd": {**_WORDS, "description": "The image's CMD: a list is the exec form, a string the shell form."},
            },
            "additionalProperties": False,
            "minProperties": 1,
            "not": {"required": ["dockerfile"], "minProperties": 2},
        },
    },
    "crds": {
        **_STRINGS,
        "description": (
            "Files and folders to check custom resources against: CustomResourceDefinitions, or JSON Schemas in a catalogue "
            "(group/kind_version.json)."
        ),
    },
    "golang": {
        **_STRINGS,
        "description": "Files and folders with the Go types that CustomResourceDefinitions are generated from.",
    },
    "render": {
        "type": "object",
        "description": "What `k8slint render` renders charts with.",
        "properties": {
            "charts": {
                "type": "array",
                "description": "A rendering each; a chart may come several times. Those of other charts take the values in their ci/.",
                "items": {
                    "type": "object",
                    "properties": {
                        "path": {"type": "string", "description": "The chart's folder."},
                        "values": {**_STRINGS, "description": "Values files that go together; later ones win."},
                    },
                    "additionalProperties": False,
                    "required": ["path"],
                },
            },
        },
        "additionalProperties": False,
    },
    "rules": {
        "type": "object",
        "description": "Rules by id: off, on, a severity, or a severity and options.",
        "additionalProperties": False,
    },
    "overrides": {
        "type": "array",
        "description": "Other severities for some files or objects. All that one names must match; later ones win.",
        "items": {
            "type": "object",
            "properties": {
                "files": {**_STRINGS, "description": "Patterns of the form that .gitignore has."},
                "kinds": {**_STRINGS, "description": "Kinds of objects, where * stands for anything."},
                "names": {**_STRINGS, "description": "Names of objects, where * stands for anything."},
                "namespaces": {
                    **_STRINGS,
                    "description": "Namespaces as the manifests name them, where * stands for anything.",
                },
                "rules": {"type": "object", "additionalProperties": False, "minProperties": 1},
            },
            "additionalProperties": False,
            "required": ["rules"],
            "minProperties": 2,
        },
    },
}
"""Each key of a config file. What holds only with the rules at hand is added by `json_schema`."""


def json_schema(rules: Iterable[Rule]) -> dict[str, Plain]:
    """The JSON Schema (draft 2020-12) of a config file for these rules, for editors."""
    ordered = sorted(rules, key=lambda rule: rule.id)
    properties = copy.deepcopy(KEYS)
    properties["rules"]["properties"] = {rule.id: _rule_schema(rule) for rule in ordered}
    properties["overrides"]["items"]["properties"]["rules"]["properties"] = {
        rule.id: {
            "description": rule.info.summary,
            "anyOf": [_LEVEL, _settings({"severity": _LEVEL}, required=["severity"])],
        }
        for rule in ordered
    }
    for schema in properties.values():
        _allow_null(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "k8slint configuration",
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
        "$defs": {
            "level": {
                # In YAML 1.1 `on` and `off` are booleans, in YAML 1.2 strings: an editor may read either.
                "enum": ["off", "on", "error", "warning", "info", False, True],
                "description": "off, a severity, or on: with the severity that each finding has of its own.",
            }
        },
    }


def _rule_schema(rule: Rule) -> dict[str, Plain]:
    settings: dict[str, Plain] = {"severity": _LEVEL}
    if rule.options is not None:
        options = {
            option.name: {**option.shape.schema, "description": option.doc, "default": plain(option.default)}
            for option in option_fields(rule.options)
        }
        settings["options"] = _settings(options)
    return {"description": rule.info.summary, "anyOf": [_LEVEL, _settings(settings)]}


def _settings(properties: dict[str, Plain], *, required: Iterable[str] = ()) -> dict[str, Plain]:
    schema: dict[str, Plain] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _allow_null(schema: dict[str, Plain]) -> None:
    """A key whose value has been commented out is null."""
    types = schema["type"]
    schema["type"] = [*([types] if isinstance(types, str) else types), "null"]
