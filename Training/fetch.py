"""Download the packages of manifest.json with the ordinary clients (pip, apt-get) and verify their hashes.

`python fetch.py` downloads what is missing and stops at the first archive whose sha256 differs from the manifest.
`python fetch.py --pin` also resolves entries that have no version yet and writes versions and hashes back.
"""

import argparse
import concurrent.futures
import glob
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from settings import MANIFEST, WORK


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:4])} ... failed: {result.stderr.strip()[-300:]}")
    return result.stdout


def fetch_pypi(entry, folder):
    """A wheel: it holds the Python sources and data files, and nothing has to be built."""
    pin = f"=={entry['version']}" if "version" in entry else ""
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--python-version=3.11",
         "-d", ".", entry["name"] + pin], folder)


def apt_options():
    """Options that give apt-get its own source lists and cache, with the machine's own mirror for source packages."""
    root = WORK / "apt"
    for part in ("lists/partial", "cache"):
        (root / part).mkdir(parents=True, exist_ok=True)
    sources = root / "src.sources"
    options = ["-q", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
               "-o", f"Dir::State::lists={root}/lists", "-o", f"Dir::Cache={root}/cache"]
    if not sources.exists():
        stanzas = []
        for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
            for stanza in pathlib.Path(path).read_text().split("\n\n"):
                if "Types: deb" in stanza and "Components: main" in stanza and "-security" not in stanza:
                    lines = [line for line in stanza.splitlines() if not line.startswith("#")]
                    stanzas.append("\n".join("Types: deb-src" if l.startswith("Types:") else l for l in lines))
        sources.write_text("\n\n".join(stanzas) + "\n")
        run(["apt-get", *options, "update"], root)
    return options


def fetch_debian(entry, folder):
    pin = f"={entry['version']}" if "version" in entry else ""
    run(["apt-get", *apt_options(), "source", "--download-only", entry["name"] + pin], folder)


def fetch_debian_binary(entry, folder):
    """A package as it is installed: libraries of Rust and JavaScript come as sources."""
    pin = f"={entry['version']}" if "version" in entry else ""
    run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", entry["name"] + pin], folder)


FETCHERS = {"pypi": fetch_pypi, "debian": fetch_debian, "debian-binary": fetch_debian_binary}


def package_folder(entry):
    return WORK / "archives" / entry["ecosystem"] / re.sub(r"[^A-Za-z0-9.]+", "-", entry["name"])


def main_archive(entry):
    """The archive that holds the upstream sources, or None where nothing was downloaded yet."""
    folder = package_folder(entry)
    names = [p for p in sorted(folder.glob("*")) if p.suffix in (".whl", ".deb") or ".orig.tar." in p.name]
    names = [p for p in names if not p.name.endswith(".asc")]
    return max(names, key=os.path.getsize) if names else None


def found_version(entry, archive):
    if entry["ecosystem"] == "pypi":
        return archive.name.split("-")[1]
    if entry["ecosystem"] == "debian-binary":
        return run(["dpkg-deb", "--field", archive.name, "Version"], archive.parent).strip()
    description = next(package_folder(entry).glob("*.dsc")).read_text()
    return re.search(r"^Version: (\S+)", description, re.M).group(1)


def download(entry):
    """Fetches an entry that is not there yet; returns what went wrong, or None."""
    folder = package_folder(entry)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if main_archive(entry) is None:
            FETCHERS[entry["ecosystem"]](entry, folder)
        return None if main_archive(entry) else "no source archive in the package"
    except RuntimeError as error:
        return str(error)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="resolve and record versions and hashes")
    options = parser.parse_args()
    manifest = json.loads(MANIFEST.read_text())
    kept = []
    apt_options()  # the lists are made once, before downloads go on side by side
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        problems = list(pool.map(download, manifest["packages"]))
    for entry, problem in zip(manifest["packages"], problems):
        if problem and not options.pin:
            sys.exit(f"{entry['name']}: {problem}")
        if problem:
            print(f"left out {entry['name']}: {problem}", file=sys.stderr)
            continue
        archive = main_archive(entry)
        digest = sha256(archive)
        if options.pin:
            entry.setdefault("version", found_version(entry, archive))
            entry.setdefault("file", archive.name)
            entry.setdefault("sha256", digest)
        if digest != entry["sha256"]:
            sys.exit(f"{entry['name']}: sha256 of {archive.name} is {digest}, the manifest says {entry['sha256']}")
        kept.append(entry)
    if options.pin:
        manifest["packages"] = kept
        lines = ",\n".join("  " + json.dumps(entry) for entry in kept)
        rest = {k: v for k, v in manifest.items() if k != "packages"}
        tail = "".join(f',\n "{k}": {json.dumps(v)}' for k, v in rest.items())
        MANIFEST.write_text('{\n "packages": [\n' + lines + "\n ]" + tail + "\n}\n")
    print(f"{len(kept)} packages verified")


if __name__ == "__main__":
    main()
