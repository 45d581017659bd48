"""Pages of the reference that come from the product itself: the API, the command line, the rules, the clients."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Final

import click
import yaml
from openapi_pages import Pages
from tempolor_contract.rules import catalogue
from tempolor_contract.rules.rule import Rule
from tempolor_spec import load_document
from tempolor_spec.command import main as tempolor

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
CLIENT: Final = ROOT / "generated_client" / "typescript"
_TYPEDOC: Final = HERE / "node_modules" / "typedoc" / "bin" / "typedoc"
_TABLES: Final = ("parametersFormat", "interfacePropertiesFormat", "classPropertiesFormat", "typeDeclarationFormat")
_WIDTH: Final = 84
_RULES: Final = """\
{count} rules, each a sentence about the service that can be judged.
A *documented* one is printed on the page beside it; an *inferred* one is a reading; ids such as D-61 stand in
[the decisions](../spec/DECISIONS.md), with their reasons.
A violation of a rule marked *assert* fails a run; *assert on mocks* fails one against whatever imitates the service;
*tolerate* is only mentioned."""

# What each page is about, and the modules whose public names it shows.
_PYTHON: Final = {
    "python-client": (
        "The Python client",
        "tempolor_client",
        "tempolor_client._sync.resources",
        "tempolor_client.errors",
    ),
    "pytest-fixture": ("The mock in a test run", "tempolor_mock.testing"),
    "contract-package": ("The contract tests from Python", "tempolor_contract"),
    "spec-package": ("The document from Python", "tempolor_spec"),
}


def write_reference(folder: Path) -> None:
    """Write every page of the reference into a folder, which is made."""
    folder.mkdir(parents=True)
    control = yaml.safe_load((ROOT / "mock_server/tempolor_mock/control/openapi.yaml").read_text("utf-8"))
    pages = {"commands": commands(), "rules": rules()}
    for name, document in (("api", load_document()), ("control-plane", control)):
        made = Pages(document, f"{name}-schemas.md")
        pages |= {name: made.operations(), f"{name}-schemas": made.schemas()}
    for name, (title, *modules) in _PYTHON.items():
        pages[name] = "\n\n".join([f"# {title}", *(f"::: {module}" for module in modules)]) + "\n"
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    write_typescript(folder)


def commands() -> str:
    """Return what `--help` says of each command."""
    context = _context(tempolor, "tempolor")
    return "\n\n".join(["# The command line", *_helps(tempolor, context)]) + "\n"


def _helps(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _helps(below, _context(below, name, context))


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    return command.context_class(command, parent, name, terminal_width=_WIDTH, max_content_width=_WIDTH)


def rules() -> str:
    """Return the catalogue of rules, with the vendor's page that each one comes from."""
    parts = ["# Rules", _RULES.format(count=len(catalogue.CATALOGUE))]
    for title, group in _groups():
        parts.append(f"## {title}")
        rows = ["| rule | how sure | severity | page |", "| --- | --- | --- | --- |"]
        for rule in group:
            told = f'{rule.sentence}<br><code id="{rule.id}">{rule.id}</code>'.replace("|", "\\|")
            sure = ", ".join([rule.strength, *rule.evidence])
            page = f"[{rule.page.replace('tempolor-', '') or 'overview'}]({rule.page_url})"
            rows.append(f"| {told} | {sure} | {rule.severity} | {page} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _groups() -> Iterator[tuple[str, Sequence[Rule]]]:
    """Yield the rules of each module under its subject, in the order of reports."""
    modules = [each for each in vars(catalogue).values() if isinstance(each, ModuleType) and hasattr(each, "RULES")]
    for module in sorted(modules, key=lambda each: catalogue.CATALOGUE.index(each.RULES[0])):
        subject = re.split(r"[.:] ", f"{(module.__doc__ or '').splitlines()[0]} ")[0]
        yield subject, module.RULES


def write_typescript(folder: Path) -> None:
    """Write a page for each entry point of the TypeScript package, by TypeDoc."""
    if not _TYPEDOC.exists():
        raise SystemExit("The site needs Node 20 or newer: install it, then run `make site` again.")
    options = folder / "typedoc.json"
    settings = {
        "plugin": [str(HERE / "node_modules" / "typedoc-plugin-markdown" / "dist" / "index.js")],
        "entryPoints": [str(CLIENT / "src" / "index.ts"), str(CLIENT / "src" / "node.ts")],
        "tsconfig": str(CLIENT / "tsconfig.json"),
        "out": str(folder / "typescript"),
        "outputFileStrategy": "modules",
        "entryFileName": "contents",
        "readme": "none",
        "name": "The TypeScript client",
        "disableSources": True,
        "excludePrivate": True,
        "excludeInternal": True,
        "hideBreadcrumbs": True,
        "hidePageHeader": True,
        "hidePageTitle": True,
        "excludeExternals": True,
        "expandObjects": True,
        **dict.fromkeys(_TABLES, "table"),
        "tableColumnSettings": {"hideInherited": True, "hideModifiers": True, "hideOverrides": True},
        "useHTMLAnchors": True,
        "sanitizeComments": True,
        "validation": {"notExported": False},
        "logLevel": "Error",
    }
    options.write_text(json.dumps(settings), "utf-8")
    subprocess.run(["node", _TYPEDOC, "--options", options], check=True, cwd=folder)
    options.unlink()
    (folder / "typescript" / "contents.md").unlink()  # the site's own menu has it
    for name, title in (("index", "The TypeScript client"), ("node", "The TypeScript client in Node")):
        page = folder / "typescript" / f"{name}.md"
        page.write_text(f"# {title}\n\n{page.read_text('utf-8')}", "utf-8")
