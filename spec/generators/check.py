"""Makes clients of the document with other people's generators and tries them on the mock.

    python spec/generators/check.py [--only NAME]... [--output docs/generated-clients.md]

For each generator: does it generate, does the client compile, and does a small program (in `programs/`) with it store
an account, request a song, read the job until it is final, get the link and upload a WAV file? A generator whose
toolchain is missing is left out and named.
"""

# ruff: noqa: INP001, S603 - a script that runs other people's tools

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tempolor_mock.testing import MockServer
from tempolor_spec import load_document

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
WAV: Final = ROOT / "spec" / "tempolor_spec" / "workflows" / "files" / "mix.wav"
_NODE_FOLDERS: Final = (HERE / "node_modules", ROOT / "generated_client" / "typescript" / "node_modules")

_TSC: Final = (
    "node {modules}/typescript/bin/tsc --strict --target es2022 --module commonjs --moduleResolution node"
    " --esModuleInterop --skipLibCheck --lib es2022,dom,dom.iterable --types node --typeRoots {modules}/@types"
    " --outDir out program.ts"
)
_NODE: Final = "node out/program.js"

# Java's generated annotation is not in the JDK; cargo packages are taken from Debian, which lacks one of them.
_JAVA_STUB: Final = """package javax.annotation;
public @interface Generated { String[] value(); String date(); String comments(); }
"""
_CARGO: Final = """[package]
name = "openapi"
version = "{version}"
edition = "2021"

[dependencies]
serde = {{ version = "1", features = ["derive"] }}
serde_with = {{ path = "serde_with" }}
serde_json = "1"
serde_repr = "0.1"
url = "2"
chrono = {{ version = "0.4", default-features = false, features = ["clock", "serde"] }}
tokio = {{ version = "1", features = ["fs", "macros", "rt"] }}
tokio-util = {{ version = "0.7", features = ["codec"] }}
reqwest = {{ version = "0.11", default-features = false, features = ["json", "multipart", "stream"] }}
"""
_CARGO_SOURCE: Final = """[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
"""
_SERDE_WITH: Final = """[package]
name = "serde_with"
version = "3.8.0"
edition = "2021"
[dependencies]
serde = "1"
"""


@dataclass(frozen=True)
class Generator:
    """How one generator is used: what it needs, how it generates, compiles and runs, and what its user must know.

    Commands run in the client's folder. `{modules}`, `{jar}` and `{document}` stand for paths. Without a command of its
    own, the client is made by openapi-generator with these settings.
    """

    run: str
    program: str
    compile: str = ""
    generate: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    remark: str = ""


_FIRST_TYPE: Final = "Uploads go out with the document's first media type, `audio/wav`."

GENERATORS: Final[Mapping[str, Generator]] = {
    "openapi-generator python": Generator(
        run=f"{sys.executable} program.py",
        program="program.py",
        packages=("pydantic", "dateutil", "urllib3"),
        remark="An upload's media type is the argument `_content_type`.",
    ),
    "openapi-generator typescript-fetch": Generator(
        compile=_TSC,
        run=_NODE,
        program="program.ts",
        programs=("node", "typescript"),
        remark="An upload's media type is set by the request's override.",
    ),
    "openapi-generator typescript-axios": Generator(
        compile=_TSC,
        run=_NODE,
        program="program.ts",
        programs=("node", "typescript", "axios"),
        remark="An upload's media type is the type of the `File`.",
    ),
    "openapi-generator java native": Generator(
        compile="javac -nowarn -cp {jar} -d out -sourcepath src/main/java:stub Program.java",
        run="java -cp out:{jar} Program",
        program="Program.java",
        settings={"library": "native", "openApiNullable": "false", "useJakartaEe": "false"},
        files={"stub/javax/annotation/Generated.java": _JAVA_STUB},
        programs=("javac",),
        remark=f"It sends the path of a file as JSON, unless its `ObjectMapper` is told otherwise. {_FIRST_TYPE}",
    ),
    "openapi-generator go": Generator(
        compile="env GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local go build -o out/program ./program",
        run="out/program",
        program="program/main.go",
        programs=("go",),
        remark=_FIRST_TYPE,
    ),
    "openapi-generator php": Generator(
        run="php program.php",
        program="program.php",
        programs=("php", "/usr/share/php/GuzzleHttp/autoload.php"),
        remark="An upload's media type is the argument `$contentType`.",
    ),
    "openapi-generator ruby": Generator(
        run="ruby -W0 -I lib program.rb",
        program="program.rb",
        programs=("ruby", "/usr/share/rubygems-integration/all/specifications/typhoeus-1.4.0.gemspec"),
        remark=f"It sends a file as JSON; its bytes go into `debug_body`. {_FIRST_TYPE}",
    ),
    "openapi-generator rust": Generator(
        compile="cargo build --quiet --offline",
        run="target/debug/program",
        program="src/bin/program.rs",
        files={
            "Cargo.toml": _CARGO,
            ".cargo/config.toml": _CARGO_SOURCE,
            "serde_with/Cargo.toml": _SERDE_WITH,
            "serde_with/src/lib.rs": "rust-serde-with.rs",
        },
        programs=("cargo", "/usr/share/cargo/registry"),
        remark="Tried with Debian's crates. An upload has no media type, unless the HTTP client has it as a default.",
    ),
    "openapi-typescript": Generator(
        generate="node {modules}/openapi-typescript/bin/cli.js {document} --default-non-nullable false -o client.ts",
        compile=_TSC,
        run=_NODE,
        program="program.ts",
        programs=("node", "typescript", "openapi-typescript", "openapi-fetch"),
        remark="With openapi-fetch and `--default-non-nullable false`. An upload needs a `bodySerializer`.",
    ),
    "hey-api": Generator(
        generate="node {modules}/@hey-api/openapi-ts/bin/run.js -i {document} -o client",
        compile=_TSC,
        run=_NODE,
        program="program.ts",
        programs=("node", "typescript", "@hey-api/openapi-ts"),
        remark="An upload's media type is set in the call's `headers`.",
    ),
    "orval": Generator(
        generate="node {modules}/orval/dist/bin/orval.js --input {document} --output client.ts --client fetch",
        compile=_TSC,
        run=_NODE,
        program="program.ts",
        programs=("node", "typescript", "orval"),
        remark="It sends every body as JSON, files too, whatever the document says.",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """How far a generator came. `said` is what it, or the program, said where that ended."""

    generates: bool = False
    compiles: bool = False
    song: bool = False
    uploads: bool = False
    said: str = ""


def missing(generator: Generator) -> list[str]:
    """Return what of a generator's toolchain is not here: programs, files, Node packages, Python packages."""
    lacking = [name for name in generator.programs if not _is_here(name)]
    lacking += [name for name in generator.packages if find_spec(name) is None]
    if not generator.generate and (shutil.which("java") is None or find_spec("openapi_generator_cli") is None):
        lacking.append("openapi-generator")
    return lacking


def check(names: Iterable[str], folder: Path) -> dict[str, Outcome]:
    """Try generators on a mock of their own, in a folder, and return how far each came.

    What openapi-generator makes is made in one run of it.
    """
    document = folder / "document.json"
    document.write_text(json.dumps(load_document()), encoding="utf-8")
    chosen = {name: GENERATORS[name] for name in names}
    _run_openapi_generator({name: each for name, each in chosen.items() if not each.generate}, document, folder)
    with MockServer(frozen=False, job_seconds=0.3, download_lag_seconds=0) as server:
        return {
            name: _tried(name, each, document, folder, f"{server.url}/v1/tempolor") for name, each in chosen.items()
        }


def _is_here(name: str) -> bool:
    modules = _modules()
    in_node = modules is not None and (modules / name / "package.json").is_file()
    return in_node or shutil.which(name) is not None or (Path(name).is_absolute() and Path(name).exists())


def _modules() -> Path | None:
    return next((folder for folder in _NODE_FOLDERS if (folder / "typescript").is_dir()), None)


def _jar() -> str:
    spec = find_spec("openapi_generator_cli")
    return f"{Path(spec.origin).parent}/openapi-generator.jar" if spec and spec.origin else ""


def _slug(name: str) -> str:
    return name.removeprefix("openapi-generator ").replace(" native", "")


def _run_openapi_generator(chosen: Mapping[str, Generator], document: Path, folder: Path) -> None:
    settings = []
    for name, generator in chosen.items():
        file = folder / f"{_slug(name)}.json"
        content = {
            "generatorName": _slug(name),
            "inputSpec": str(document),
            "outputDir": str(folder / _slug(name)),
            "additionalProperties": dict(generator.settings),
        }
        file.write_text(json.dumps(content), encoding="utf-8")
        settings.append(file)
    if settings:
        command = ["java", "-jar", _jar(), "batch", "--threads", "1", *map(str, settings)]
        subprocess.run(command, capture_output=True, check=False)


def _tried(name: str, generator: Generator, document: Path, folder: Path, url: str) -> Outcome:
    slug = _slug(name)
    client = folder / slug
    paths = {"modules": str(_modules()), "jar": _jar(), "document": str(document)}

    def run(command: str, *arguments: str) -> tuple[bool, str]:
        line = [part.format(**paths) for part in command.split()]
        result = subprocess.run([*line, *arguments], cwd=client, capture_output=True, text=True, check=False)
        return result.returncode == 0, result.stdout + result.stderr

    client.mkdir(exist_ok=True)
    if generator.generate:
        good, said = run(generator.generate)
    else:
        good, said = any(client.iterdir()), "openapi-generator made nothing"
    if not good:
        return Outcome(said=said)
    _add_files(generator, slug, client)
    if generator.compile:
        good, said = run(generator.compile)
        if not good:
            return Outcome(generates=True, said=said)
    _, said = run(generator.run, url, f"user:12345-{slug}", str(WAV))
    lines = said.splitlines()
    song = bool(lines) and "completed" in lines[0].lower() and "http://" in lines[0]
    uploads = song and len(lines) > 1 and lines[1].startswith("http://") and lines[1].endswith(".zip")
    return Outcome(generates=True, compiles=True, song=song, uploads=uploads, said=said)


def _add_files(generator: Generator, slug: str, client: Path) -> None:
    [program] = (HERE / "programs").glob(f"{slug}.*")
    version = load_document()["info"]["version"]
    sources = {generator.program: program.read_text(encoding="utf-8")}
    for path, content in generator.files.items():
        shared = HERE / "programs" / content if "\n" not in content else None
        sources[path] = shared.read_text(encoding="utf-8") if shared else content
    sources["Cargo.toml"] = sources.get("Cargo.toml", "").format(version=version)
    for path, content in sources.items():
        if content:
            (client / path).parent.mkdir(parents=True, exist_ok=True)
            (client / path).write_text(content, encoding="utf-8")
    modules = _modules()
    if modules is not None and generator.compile == _TSC:
        (client / "node_modules").symlink_to(modules)


def row(name: str, outcome: Outcome) -> str:
    """Return the table's row of a generator."""
    steps = (outcome.generates, outcome.compiles, outcome.song, outcome.uploads)
    cells = ["yes" if step else "no" for step in steps]
    return f"| {name} | {' | '.join(cells)} | {GENERATORS[name].remark} |"


_PAGE: Final = """# Generated clients

Made by `make generators`; do not edit.
Each client is generated from what `tempolor spec` prints, compiled, and run against the mock by a [program of a few
lines](../spec/generators/programs): it stores an account, requests a song, reads the job until it is final, gets the
link of the WAV file, and uploads a WAV file to be split into stems.

| generator | generates | compiles | account, song, link | upload | what to know |
| --- | --- | --- | --- | --- | --- |
{rows}

A generator that is not here may fare better with a simpler document: `tempolor spec --for-generators` has one media
type for each body, no defaults, and open lists of values in answers; `tempolor spec --openapi 3.1` is OpenAPI 3.1.
"""


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=GENERATORS, help="try this one; may be given several times")
    parser.add_argument("--output", type=Path, help="write the page here, if every toolchain is there")
    arguments = parser.parse_args()
    names = arguments.only or list(GENERATORS)
    here = [name for name in names if not missing(GENERATORS[name])]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = check(here, Path(folder))
    rows = [row(name, outcome) for name, outcome in outcomes.items()]
    sys.stdout.write("\n".join(rows) + "\n")
    for name, outcome in outcomes.items():
        if not outcome.uploads:
            sys.stderr.write(f"{name}:\n{outcome.said[-1500:]}\n")
    for name in names:
        if name not in outcomes:
            sys.stderr.write(f"not tried: {name}, which needs {', '.join(missing(GENERATORS[name]))}\n")
    if arguments.output and outcomes.keys() == GENERATORS.keys():
        arguments.output.write_text(_PAGE.format(rows="\n".join(rows)), encoding="utf-8")
    return 0 if all(outcome.song for outcome in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(_main())
