"""Requests per CPU second of a tile server, with wrk: ours and any peer by the same list of tiles.

usage: python benches/tiles_load.py TILES.json BASE 'LAYERS[?QUERY]' ZMIN ZMAX PID [PID …]

`TILES.json` is a list of [z, x, y]; BASE is what stands before the layers, such as
http://127.0.0.1:8080/tiles. The processes, and the children of a PostgreSQL among
them, are what is paid for. SECONDS, CONNECTIONS and ENCODING (gzip) from the
environment. For tiles that are made each time: `phusong serve --tile-cache-mb 0`.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

TICKS = os.sysconf("SC_CLK_TCK")
UNITS = {"B": 1e-3, "KB": 1, "MB": 1e3, "GB": 1e6}


def cpu(pids: list[str]) -> float:
    total = 0
    for pid in pids:
        children = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True).stdout.split()
        for one in [pid, *children]:
            try:
                fields = open(f"/proc/{one}/stat").read().rsplit(") ", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except FileNotFoundError:
                pass
    return total / TICKS


def load(server: str, paths: list[str], pids: list[str], tags: dict[str, str] | None = None) -> dict:
    """Asks `server` (scheme, host and port) for the paths over and over; with `tags`, only for what has changed."""
    encoding = os.environ.get("ENCODING", "gzip")
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as script:
        script.write("paths={" + ",".join(json.dumps(path) for path in paths) + "}\n")
        script.write("tags={" + ",".join(json.dumps((tags or {}).get(path, "")) for path in paths) + "}\n")
        script.write("local i=0\nfunction request() i=i+1; local at=(i*7)%#paths+1\n")
        script.write(f" local headers={{['Accept-Encoding']='{encoding}'}}\n")
        script.write(" if tags[at]~='' then headers['If-None-Match']=tags[at] end\n")
        script.write(" return wrk.format('GET',paths[at],headers) end\n")
    before = cpu(pids)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{os.environ.get('CONNECTIONS', '8')}", f"-d{os.environ.get('SECONDS', '8')}s", "--latency",
         "-s", script.name, server],
        capture_output=True, text=True, check=True,
    ).stdout
    paid = cpu(pids) - before
    os.unlink(script.name)
    requests = int(re.search(r"(\d+) requests in", said)[1])
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    amount, unit = re.search(r"([\d.]+)(\w+) read", said).groups()
    return {
        "requests": requests,
        "per_cpu_s": requests / max(paid, 1 / TICKS),
        "cpu_s": paid,
        "p50": re.search(r"50%\s+(\S+)", said)[1],
        "p99": re.search(r"99%\s+(\S+)", said)[1],
        "kb": float(amount) * UNITS[unit] / max(requests, 1),
        "failed": int(failed[1]) if failed else 0,
    }


def main() -> None:
    tiles, base, layers, low, high, *pids = sys.argv[1:]
    layers, _, query = layers.partition("?")
    wanted = [tile for tile in json.load(open(tiles)) if int(low) <= tile[0] <= int(high)]
    scheme, rest = base.split("://", 1)
    host, _, prefix = rest.partition("/")
    before = f"/{prefix.strip('/')}/{layers}" if prefix.strip("/") else f"/{layers}"
    paths = [f"{before}/{z}/{x}/{y}" + (f"?{query}" if query else "") for z, x, y in wanted]
    found = load(f"{scheme}://{host}", paths, pids)
    print(f"{layers} z{low}-{high} {query}: {found['requests']} requests, p50 {found['p50']}, p99 {found['p99']}, "
          f"{found['kb']:.1f} kB each, {found['cpu_s']:.2f} CPU s, {found['per_cpu_s']:.0f} requests a CPU s, "
          f"{found['failed']} not 2xx or 3xx")


if __name__ == "__main__":
    main()
