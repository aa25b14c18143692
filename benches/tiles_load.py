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


def main() -> None:
    tiles, base, layers, low, high, *pids = sys.argv[1:]
    layers, _, query = layers.partition("?")
    wanted = [tile for tile in json.load(open(tiles)) if int(low) <= tile[0] <= int(high)]
    paths = [f"/{layers}/{z}/{x}/{y}" + (f"?{query}" if query else "") for z, x, y in wanted]
    prefix = "/" + base.split("://", 1)[1].partition("/")[2]
    encoding = os.environ.get("ENCODING", "gzip")
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as script:
        script.write("paths={" + ",".join(f'"{prefix.rstrip("/")}{path}"' for path in paths) + "}\n")
        script.write("local i=0\nfunction request() i=i+1; return wrk.format('GET',paths[(i*7)%#paths+1],")
        script.write(f"{{['Accept-Encoding']='{encoding}'}}) end\n")
    before = cpu(pids)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{os.environ.get('CONNECTIONS', '8')}", f"-d{os.environ.get('SECONDS', '8')}s", "--latency",
         "-s", script.name, base.split("://", 1)[0] + "://" + base.split("://", 1)[1].split("/")[0]],
        capture_output=True, text=True, check=True,
    ).stdout
    paid = cpu(pids) - before
    os.unlink(script.name)
    requests = int(re.search(r"(\d+) requests in", said)[1])
    late = {share: re.search(rf"{share}%\s+(\S+)", said)[1] for share in (50, 99)}
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    read = re.search(r"([\d.]+\w+) read", said)[1]
    print(f"{layers} z{low}-{high} {query}: {requests} requests, p50 {late[50]}, p99 {late[99]}, {read}, "
          f"{paid:.2f} CPU s, {requests / paid:.0f} requests a CPU s, {int(failed[1]) if failed else 0} not 2xx")


main()
