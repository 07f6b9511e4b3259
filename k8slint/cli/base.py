"""What commands share: options in groups, failures that exit with 2, names of rules to complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from k8slint.cli.checking import load_plugins
from k8slint.cli.failures import CommandError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from k8slint.plugins import Plugins
    from k8slint.rule import RuleInfo

F = TypeVar("F", bound=Callable[..., Any])


class _Shown(click.ClickException):
    """A CommandError as click tells of it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Writes the sentence."""
        click.echo(f"error: {self.format_message()}", file=file, err=True)


if TYPE_CHECKING:
    _Words = click.Choice[str]
else:
    # It is generic in some versions of click only.
    _Words = click.Choice


class Choice(_Words):
    """One of several words; what is none of them comes with the one that was probably meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word, if it is one of those."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            raise click.BadParameter(error.message + did_you_mean(str(value), self.choices), ctx, param) from None


PRESET = Choice(["essential", "recommended", "strict"])

_OPTIONS_ELSEWHERE = {
    "--exclude": "What to leave out stands in the config, as in 'exclude: [vendor/]'.",
    "--exit-zero": "Did you mean '--fail-on never'?",
    "--extend-select": "'--select' is for one call; what is on for good stands in the config, under 'rules'.",
    "--filename": "Files and folders are named without an option.",
    "--max-warnings": "Did you mean '--fail-on'?",
    "--output": "Did you mean '--format', or '--output-file'?",
    "--output-format": "Did you mean '--format'?",
    "--recursive": "Folders are always read with all that is in them.",
    "-R": "Folders are always read with all that is in them.",
    "--show-fixes": "'--fix' says what it has mended, '--diff' what it would.",
    "--strict": "Did you mean '--preset strict'?",
}
"""What other linters and kubectl call it, as far as it is not merely spelt otherwise."""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """` Did you mean '...'?` for a word that is none of the candidates; "" where none is close."""
    from k8slint.near import meant

    close = meant(word, candidates)
    return f" Did you mean '{close}'?" if close else ""


class Option(click.Option):
    """An option that knows under which heading of the help it stands."""

    def __init__(self, *args: Any, section: str = "Options", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class Command(click.Command):
    """A command whose help shows its options under headings, and that tells of failures as click does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the arguments; an option that is not there comes with the one that was probably meant."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            names = [name for parameter in self.get_params(ctx) for name in parameter.opts if name.startswith("--")]
            hint = did_you_mean(name, names) if name.startswith("--") else ""
            if name in _OPTIONS_ELSEWHERE:
                hint = f" {_OPTIONS_ELSEWHERE[name]}"
            raise click.UsageError(f"No such option '{name}'.{hint}", ctx) from None

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
        type=Choice(["auto", "always", "never"]),
        default="auto",
        metavar="WHEN",
        help="auto (the default: on a terminal), always or never.",
    )


def complete_rule(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """For the shell: the ids of rules that continue what is typed, with their summaries, and groups."""
    from click.shell_completion import CompletionItem

    rules = load_plugins().rules.values()
    names = {rule.id: rule.summary for rule in rules} | {rule.group: "" for rule in rules}
    return [
        CompletionItem(name, help=summary or None)
        for name, summary in sorted(names.items())
        if name.startswith(incomplete)
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
    """The rule of an id. Raises a usage error, with what was probably meant, for one that nobody has."""
    found = plugins.rules.get(name)
    if found is None:
        names = [*plugins.rules, *sorted({rule.group for rule in plugins.rules.values()})]
        raise click.UsageError(f"No rule or group is named '{name}'.{did_you_mean(name, names)}")
    return found
