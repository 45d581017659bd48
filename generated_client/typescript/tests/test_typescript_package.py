"""The TypeScript client as others get it: packed from a clean clone, installed, compiled, bundled, run on the mock."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from tempolor_mock.testing import MockServer

CLIENT = Path(__file__).parents[1]
MODULES = CLIENT / "node_modules"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("npm") is None or not (MODULES / "esbuild").is_dir(),
        reason="Node or the TypeScript client's packages are not installed; run `make setup`",
    ),
]


def run(*command, folder, **variables):
    """Return what a program prints, and fail with it where the program does."""
    result = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env={**os.environ, "npm_config_offline": "true", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """What `npm pack` makes of a clean clone; the packages that `npm ci` would fetch are lent to it."""
    folder = tmp_path_factory.mktemp("clone")
    tracked = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=CLIENT)
    for name in filter(None, tracked.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CLIENT / name, folder / name)
    (folder / "node_modules").symlink_to(MODULES)
    name = run("npm", "pack", "--silent", folder=folder).strip()
    return folder / name


@pytest.fixture(scope="module")
def project(archive, tmp_path_factory):
    """A project that had nothing, with the archive installed; what it depends on comes from archives too."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"name": "empty", "version": "1.0.0", "private": true}')
    others = [
        folder / run("npm", "pack", "--silent", MODULES / name, folder=folder).strip()
        for name in ("openapi-fetch", "openapi-typescript-helpers")
    ]
    run("npm", "install", "--no-audit", "--no-fund", archive, *others, folder=folder)
    return folder


@pytest.fixture
def world():
    """A world whose jobs are done as soon as they are ordered."""
    with MockServer(job_seconds=0, download_lag_seconds=0) as server:
        world = server.world("user:12345-package")
        world.clock.resume()
        world.add_account()
        yield world


def test_the_archive_holds_the_built_code(archive):
    """For `import` and for `require`, with types, and with maps that lead to sources that are there."""
    with tarfile.open(archive) as tar:
        names = {name.removeprefix("package/") for name in tar.getnames()}
        maps = [json.load(tar.extractfile(f"package/{name}")) | {"at": name} for name in names if name.endswith(".map")]

    built = {f"{folder}/{name}" for folder in ("dist", "dist/cjs") for name in ("index.js", "index.d.ts", "node.js")}
    assert built | {"README.md", "LICENSE", "dist/cjs/package.json"} <= names
    for each in maps:
        for source in each["sources"]:
            assert os.path.normpath(Path(each["at"]).parent / source) in names, each["at"]


SONG = """
const client = new TemPolor();
const [song] = await client.songs.createAndWait({ prompt: "Rain" });
const path = await save(song.download("mp3"), "song.mp3");
console.log(path);
"""
ENTRIES = {
    "song.mjs": f'import {{ save, TemPolor }} from "tempolor-client/node";\n{SONG}',
    "song.cjs": f'const {{ save, TemPolor }} = require("tempolor-client/node");\n(async () => {{{SONG}}})();',
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_empty_project_makes_a_song(project, world, entry):
    """With `import`, and with `require`."""
    (project / entry).write_text(ENTRIES[entry])

    run("node", entry, folder=project, USEAPI_TOKEN=world.token, TEMPOLOR_BASE_URL=world.url)

    assert (project / "song.mp3").stat().st_size > 1000
    (project / "song.mp3").unlink()


CONSUMER = """
import { ConfigurationError, TemPolor, type MusicItem } from "tempolor-client";
import { save } from "tempolor-client/node";

export async function song(client: TemPolor): Promise<string> {
  const [track] = await client.songs.createAndWait({ prompt: "Rain" });
  const item: MusicItem = track.item;
  // @ts-expect-error a misspelt field is an error, so the types have really been found
  item.titel;
  return save(track.download("wav"), "song.wav");
}
export const isOurs = (error: unknown): boolean => error instanceof ConfigurationError;
"""


@pytest.mark.parametrize(
    ("file", "module", "resolution"),
    [
        ("consumer.ts", "commonjs", "node10"),
        ("consumer.cts", "node16", "node16"),
        ("consumer.mts", "node16", "node16"),
        ("consumer.cts", "nodenext", "nodenext"),
        ("consumer.mts", "nodenext", "nodenext"),
        ("consumer.ts", "esnext", "bundler"),
    ],
)
def test_typescript_finds_the_types_however_it_resolves(project, file, module, resolution):
    """And nothing in them is wrong: libraries are checked too."""
    (project / file).write_text(CONSUMER)
    types = project / "node_modules" / "@types"
    if not types.exists():
        types.symlink_to(MODULES / "@types")
        (project / "node_modules" / "undici-types").symlink_to(MODULES / "undici-types")
    libraries = "ES2023,DOM,DOM.Iterable,DOM.AsyncIterable"
    options = ["--strict", "--target", "es2022", "--lib", libraries, "--types", "node", "--outDir", "out"]

    run(
        *("node", MODULES / "typescript" / "bin" / "tsc", file, *options),
        *("--module", module, "--moduleResolution", resolution),
        folder=project,
    )


@pytest.mark.parametrize("kind", ["esm", "cjs"])
def test_a_bundler_that_renames_everything_leaves_the_names_of_errors(project, kind):
    """Programs tell errors apart by name, and logs show it."""
    (project / "names.mjs").write_text(
        'import * as all from "tempolor-client";\n'
        "const made = new all.ConfigurationError('x');\n"
        "const kinds = Object.entries(all).filter(([, kind]) => kind.prototype instanceof Error);\n"
        "const wrong = kinds.filter(([name, kind]) => kind.name === name).length;\n"
        "console.log(JSON.stringify([made.name, String(made), kinds.length, wrong]));\n"
    )
    out = f"names.{kind}.{'mjs' if kind == 'esm' else 'cjs'}"

    run(
        *(MODULES / ".bin" / "esbuild", "names.mjs", "--bundle", "--minify", "--platform=node"),
        *(f"--format={kind}", f"--outfile={out}"),
        folder=project,
    )

    name, text, kinds, kept = json.loads(run("node", out, folder=project))
    assert (name, text) == ("ConfigurationError", "ConfigurationError: x")
    assert kinds > 20
    assert kept < kinds, "the bundler renames no class, so this test tells nothing"


def test_a_bundle_for_browsers_needs_nothing_of_node(project):
    """The main entry; what saves to disk has an entry of its own."""
    (project / "page.mjs").write_text('import { TemPolor } from "tempolor-client";\nglobalThis.TemPolor = TemPolor;\n')

    run(
        *(MODULES / ".bin" / "esbuild", "page.mjs", "--bundle", "--platform=browser", "--outfile=page.js"),
        folder=project,
    )

    assert "require(" not in (project / "page.js").read_text()
