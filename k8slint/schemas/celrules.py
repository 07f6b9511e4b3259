"""The rules in CEL of a CRD (`x-kubernetes-validations`): whether the API server takes them.

Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: validation.go (the part on XValidations), cel_validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from k8slint.cel import types
from k8slint.cel.check import check
from k8slint.cel.cost import MOST, estimate
from k8slint.cel.evaluate import impossible
from k8slint.cel.syntax import CelError
from k8slint.near import near
from k8slint.schemas import fieldpath
from k8slint.schemas.structural import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from k8slint.cel.types import Type
    from k8slint.nodes import Node
    from k8slint.views import SchemaNode, VersionSchema

KEYWORD: Final = "x-kubernetes-validations"
_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_RULE_LIMIT: Final = 10_000_000
_TOTAL_LIMIT: Final = 100_000_000


def form_violations(schema: VersionSchema) -> list[Violation]:
    """What is wrong with the rules of a schema whatever their expressions say."""
    return [
        violation
        for part in schema.holding(KEYWORD)
        for rule in part[KEYWORD]
        if rule.is_mapping or not rule
        for violation in _form(part, rule)
    ]


def expression_violations(schema: VersionSchema) -> list[Violation]:
    """What is wrong with the expressions of the rules of a schema that has no other mistakes."""
    found: list[Violation] = []
    costs: list[tuple[int, Node]] = []
    badly_formed = [violation.node for violation in schema.once(form_violations)]
    for part in schema.holding(KEYWORD):
        # What a reason may be is in the schema of CRDs, as far as invalid-value is concerned.
        badly_formed += [rule["reason"] for rule in part[KEYWORD] if rule["reason"].string not in (None, *_REASONS)]
    for part in schema.holding(KEYWORD):
        if part.nested or not part[KEYWORD].elements or any(_is_within(node, part.node) for node in badly_formed):
            continue
        whole = part.above is None or bool(part["x-kubernetes-embedded-resource"].boolean)
        kind = types.of_schema(part.node, root=whole)
        if kind is None:
            found.append(Violation(part[KEYWORD], "rules cannot see a value of which the schema does not say enough"))
            continue
        times = _times(part)
        if times is None:
            times = types.LARGEST_REQUEST // (kind.least + 1)
        for rule in part[KEYWORD]:
            found += _rule(part, rule, kind, times, costs)
    total = sum(cost for cost, _ in costs)
    if total > _TOTAL_LIMIT:
        dearest = [node for cost, node in sorted(costs, key=lambda one: -one[0]) if cost >= _TOTAL_LIMIT // 100][:4]
        field = schema.node
        found.append(
            Violation(
                dearest[0] if dearest else field,
                f"all rules together may cost {_factor(total, _TOTAL_LIMIT)} of what is allowed; "
                "limit lists, maps and strings (maxItems, maxProperties, maxLength), or simplify the rules",
                field,
            )
        )
    return found


def _is_within(node: Node, above: Node) -> bool:
    here: Node | None = node
    while here is not None:
        if here is above:
            return True
        here = here.parent
    return False


# ---------------------------------------------------------------------------------------------------- form


def _form(part: SchemaNode, rule: Node) -> Iterator[Violation]:
    expression, message = rule["rule"], rule["message"]
    text, words = (expression.string or ""), (message.string or "")
    if _is_other(expression) or _is_other(message):
        return
    if not text.strip():
        yield Violation(expression, "a rule without an expression")
    elif words and not words.strip():
        yield Violation(message, "a message of blanks")
    elif _has_breaks(words.strip()):
        yield Violation(message, "a message is one line")
    elif _has_breaks(text.strip()) and not words.strip():
        yield Violation(message, "a rule of several lines needs a message")
    told = rule["messageExpression"]
    if told.string and not told.string.strip():
        yield Violation(told, "a messageExpression of blanks")
    path = rule["fieldPath"]
    if path.string:
        if not path.string.strip():
            yield Violation(path, "a fieldPath of blanks")
        elif _has_breaks(path.string):
            yield Violation(path, "a fieldPath is one line")
        why = fieldpath.simple(part.node, path.string)[1]
        if why:
            yield Violation(path, f'fieldPath "{path}" is no path into the schema ({why})')


def _is_other(node: Node) -> bool:
    """Whether something else stands where a string belongs, which is another mistake."""
    return bool(node) and node.string is None


def _has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


# ---------------------------------------------------------------------------------------------------- expressions


def _rule(part: SchemaNode, rule: Node, kind: Type, times: int, costs: list[tuple[int, Node]]) -> Iterator[Violation]:
    expression, told, optional = rule["rule"], rule["messageExpression"], rule["optionalOldSelf"]
    old = types.optional_of(kind) if optional.boolean else kind
    variables = {"self": kind, "oldSelf": old}
    try:
        checked = check(expression.string or "", variables)
    except CelError as error:
        yield Violation(expression, f"the rule does not compile: {_words(error)}")
        return
    except RecursionError:
        # Nested deeper than can be looked into here.
        return
    constant = impossible(checked.root)
    if constant is not None:
        yield Violation(expression, f"the rule does not compile: {constant[0]}")
        return
    if checked.type.kind != "bool":
        yield Violation(expression, f"the rule is of type {checked.type}, and has to say true or false")
        return
    cost = min(estimate(checked, kind) * times, MOST)
    costs.append((cost, expression))
    if cost > _RULE_LIMIT:
        yield _too_dear(expression, cost, "the rule")
    if told.string:
        yield from _told(told, variables, kind, costs)
    if "oldSelf" in checked.variables:
        where = _uncorrelated(part)
        if where:
            yield Violation(expression, f"{where}, so oldSelf cannot be told apart there")
    elif optional.boolean is not None:
        yield Violation(optional, "optionalOldSelf is for rules with oldSelf")


def _told(told: Node, variables: dict[str, Type], kind: Type, costs: list[tuple[int, Node]]) -> Iterator[Violation]:
    try:
        checked = check(told.string or "", variables)
    except CelError as error:
        yield Violation(told, f"the messageExpression does not compile: {_words(error)}")
        return
    except RecursionError:
        return
    if checked.type.kind != "string":
        yield Violation(told, f"the messageExpression is of type {checked.type}, and has to be a string")
        return
    cost = estimate(checked, kind)
    costs.append((cost, told))
    if cost > _RULE_LIMIT:
        yield _too_dear(told, cost, "the messageExpression")


def _words(error: CelError) -> str:
    meant = near(error.name, error.known) if error.name else ""
    return error.message.replace(" (in container '')", "") + (f"; did you mean '{meant}'?" if meant else "")


def _too_dear(node: Node, cost: int, what: str) -> Violation:
    return Violation(
        node,
        f"{what} may cost {_factor(cost, _RULE_LIMIT)} of what is allowed; limit the lists, maps and strings it looks at "
        "(maxItems, maxProperties, maxLength), or simplify it",
    )


def _factor(cost: int, limit: int) -> str:
    factor = cost / limit
    return "more than 100 times" if factor > 100 else f"{factor:.1f} times"


def _times(part: SchemaNode) -> int | None:
    """How often a value of a schema can be there at most in a resource; None where nothing bounds that."""
    times = 1
    while part.above is not None:
        above = part.above
        most: int | None = 1
        if above.type == "array":
            most = above["maxItems"].integer
        elif above.type == "object" and above["additionalProperties"]:
            most = above["maxProperties"].integer
        if most is None:
            return None
        times = min(times * max(most, 0), MOST)
        part = above
    return times


def _uncorrelated(part: SchemaNode) -> str:
    """Why the old value of a place cannot be found; "" where it can."""
    while part.above is not None:
        above = part.above
        if part.step == "[]" and above["x-kubernetes-list-type"].string != "map":
            return "the items of a list have an old value only where its x-kubernetes-list-type is map"
        part = above
    return ""
