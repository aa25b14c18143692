"""Tiles of communes as served by us and by what a user would pick instead, in one sitting, as a table.

usage: python benches/serve_peers.py TILES.json STORE --martin MARTIN [--postgres URL TABLE] [--phusong BINARY]

Martin serves the same communes from its own memory (GeoJSON exported from STORE), from a PMTiles
archive that `phusong tiles export` wrote, and from a table of PostGIS (web Mercator) where one is
named. Each is asked without a cache, from its cache, filtered where it can filter, and with the ETags
that it gave (304). SECONDS, CONNECTIONS from the environment. Needs wrk.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

from tiles_load import load

PORT = 18090


def resident_mb(pids: list[str]) -> int:
    total = 0
    for pid in pids:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmRSS"):
                total += int(line.split()[1])
    return total // 1024


class NotServed(Exception):
    """The server ended, or did not answer within a minute: Martin may be built without a kind of source."""


class Served:
    """A server on PORT, until the end of the block."""

    def __init__(self, command: list[str], probe: str, postgres: list[str] = ()):
        self.command, self.probe, self.postgres = command, probe, list(postgres)

    def __enter__(self):
        self.child = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}{self.probe}").read()
                return self
            except OSError:
                time.sleep(0.1)
            if self.child.poll() is not None:
                break
        raise NotServed(self.command[0])

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()

    @property
    def pids(self) -> list[str]:
        return [str(self.child.pid), *self.postgres]


def etags(paths: list[str]) -> dict[str, str]:
    found = {}
    for path in paths:
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            found[path] = answer.headers.get("ETag", "")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tiles")
    parser.add_argument("store")
    parser.add_argument("--martin", required=True)
    parser.add_argument("--postgres", nargs=2, metavar=("URL", "TABLE"))
    parser.add_argument("--phusong", default="target/release/phusong")
    given = parser.parse_args()
    wanted = [tile for tile in json.load(open(given.tiles)) if 7 <= tile[0] <= 14]
    work = pathlib.Path(tempfile.mkdtemp())
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    communes, archive = work / "communes.geojson", work / "communes.pmtiles"
    subprocess.run([given.phusong, "export", "communes", "-o", communes, "--db", given.store], **quiet)
    subprocess.run([given.phusong, "tiles", "export", "--layers", "communes", "--zoom", "7-14", "--out", archive,
                    "--db", given.store], **quiet)

    def paths(layer: str, query: str = "") -> list[str]:
        return [f"{layer}/{z}/{x}/{y}{query}" for z, x, y in wanted]

    def config(body: str, cache: int) -> str:
        file = work / "martin.yaml"
        file.write_text(f"listen_addresses: 127.0.0.1:{PORT}\nworker_processes: 2\ncache_size_mb: {cache}\n{body}")
        return str(file)

    rows = []

    def measure(name: str, server: Served, asked: list[str], tags: bool = False, warm: bool = False) -> None:
        with server:
            if warm or tags:
                known = etags(asked)
            found = load(f"http://127.0.0.1:{PORT}", asked, server.pids, known if tags else None)
            rows.append((name, found, resident_mb(server.pids)))
            print(name, found, flush=True)

    def ours(cache: int) -> Served:
        return Served([given.phusong, "serve", "--db", given.store, "--port", str(PORT), "--tile-cache-mb", str(cache),
                       "--quiet"], "/health")

    tile = "/tiles/communes"
    only = urllib.parse.quote("percent < 60 OR percent IS NULL")
    measure("phusong, made each time", ours(0), paths(tile))
    measure("phusong, filtered, made each time", ours(0), paths(tile, f"?filter={only}"))
    measure("phusong, from memory", ours(128), paths(tile), warm=True)
    measure("phusong, 304", ours(128), paths(tile), tags=True)
    sources = {
        "GeoJSON in memory": (f"geojson:\n  sources:\n    communes: {communes}\n", []),
        "PMTiles": (f"pmtiles:\n  sources:\n    communes: {archive}\n", []),
    }
    if given.postgres:
        url, table = given.postgres
        head = subprocess.run(["pgrep", "-o", "postgres"], capture_output=True, text=True).stdout.split()
        columns = "properties: {code: text, name: text}, bounds: [105, 19.5, 107, 21]"
        sources["PostGIS"] = (
            f"postgres:\n  connection_string: {url}\n  auto_publish: false\n  tables:\n    communes: "
            f"{{schema: public, table: {table}, srid: 3857, geometry_column: geom, geometry_type: GEOMETRY, {columns}}}\n",
            head,
        )
    for name, (body, postgres) in sources.items():
        for kind, cache in (("made each time", 0), ("from memory", 128), ("304", 128)):
            server = Served([given.martin, "--config", config(body, cache)], "/health", postgres)
            try:
                measure(f"Martin, {name}, {kind}", server, paths("/communes"), tags=kind == "304", warm=cache > 0)
            except NotServed as failed:
                print(f"{failed} serves no {name}")
                break

    print("\n| served | requests a CPU s | p50 | p99 | kB a tile | CPU s a thousand | memory, MB | failed |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, found, memory in rows:
        print(f"| {name} | {found['per_cpu_s']:,.0f} | {found['p50']} | {found['p99']} | {found['kb']:.1f} | "
              f"{1000 / found['per_cpu_s']:.2f} | {memory} | {found['failed']} |")


main()
