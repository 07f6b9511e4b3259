"""What commands share: options in groups, failures that exit with 2, names of rules to complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from k8slint.cli.checking import load_plugins
from k8slint.cli.failures import CommandError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from k8slint.plugins import Plugins
    from k8slint.rule import RuleInfo

PRESET = click.Choice(["essential", "recommended", "strict"])

F = TypeVar("F", bound=Callable[..., Any])


class _Shown(click.ClickException):
    """A CommandError as click tells of it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Writes the sentence."""
        click.echo(f"error: {self.format_message()}", file=file, err=True)


class Option(click.Option):
    """An option that knows under which heading of the help it stands."""

    def __init__(self, *args: Any, section: str = "Options", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class Command(click.Command):
    """A command whose help shows its options under headings, and that tells of failures as click does."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except UsageError as misuse:
            raise click.UsageError(str(misuse), ctx) from None
        except CommandError as failure:
            raise _Shown(failure.message) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options, section by section in the order in which each is first used."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.params:
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, Option):
                sections.setdefault(parameter.section, []).append(record)
        # click makes `--help` itself; it stands with the last.
        help_option = self.get_help_option(ctx)
        help_record = help_option.get_help_record(ctx) if help_option else None
        if help_record:
            sections.setdefault(next(reversed(sections), "Options"), []).append(help_record)
        widest = max((len(names) for records in sections.values() for names, _ in records), default=0)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl([(names.ljust(widest), text) for names, text in records], col_max=widest + 2)


def section(title: str) -> Callable[..., Callable[[F], F]]:
    """`click.option` for options under one heading of the help."""

    def option(*names: str, **attributes: Any) -> Callable[[F], F]:
        return click.option(*names, cls=Option, section=title, **attributes)

    return option


def color_option(section_of: Callable[..., Callable[[F], F]]) -> Callable[[F], F]:
    """`--color`, the same for every command that writes for people."""
    return section_of(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        metavar="WHEN",
        help="auto (the default: on a terminal), always or never.",
    )


def complete_rule(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """For the shell: the ids of rules that continue what is typed, with their summaries."""
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(rule.id, help=rule.summary)
        for rule in load_plugins().rules.values()
        if rule.id.startswith(incomplete)
    ]


def complete_rules(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same where several rules are written between commas, and groups and `all` count as well."""
    from click.shell_completion import CompletionItem

    done, comma, word = incomplete.rpartition(",")
    rules = load_plugins().rules.values()
    names = {rule.id: rule.summary for rule in rules} | {rule.group: "" for rule in rules} | {"all": ""}
    return [
        CompletionItem(f"{done}{comma}{name}", help=summary or None)
        for name, summary in sorted(names.items())
        if name.startswith(word)
    ]


def find_rule(plugins: Plugins, name: str) -> RuleInfo:
    """The rule of an id. Raises a usage error with the near name for one that nobody has."""
    found = plugins.rules.get(name)
    if found is None:
        from k8slint.near import near

        close = near(name, plugins.rules)
        raise click.UsageError(f"No rule is named '{name}'." + (f" Did you mean '{close}'?" if close else ""))
    return found
