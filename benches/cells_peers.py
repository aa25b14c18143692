"""A log of ten million rows to verdicts on cells, beside polars with polars-h3 and its simpler group-by: CPU seconds
and the most memory of each, in processes of their own.

    python benches/cells_peers.py SAMPLES.csv    # time or ts, device, operator, tech, rsrp, lon, lat

Needs polars and polars-h3, and target/release/phusong.
"""
import json
import os
import subprocess
import sys

POLARS = """
import sys, polars as pl, polars_h3
rows = pl.read_csv(sys.argv[1], try_parse_dates=True)
cells = rows.lazy().with_columns(polars_h3.latlng_to_cell("lat", "lon", 9, return_dtype=pl.UInt64).alias("cell"))
found = cells.group_by("cell", "operator", "tech").agg(
    pl.len(), pl.col("rsrp").median().alias("median"), (pl.col("rsrp") < -110).sum().alias("weak"))
print(found.collect().height)
"""


def measured(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read().strip().splitlines()[-1]
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return said, {"cpu_s": round(used.ru_utime + used.ru_stime, 1), "memory_mb": round(used.ru_maxrss / 1024)}


log = sys.argv[1]
for _ in range(3):
    said, cost = measured(["target/release/phusong", "judge", log, "--json", "-q"])
    found = json.loads(said)
    print("phusong", cost, {name: found[name] for name in ("samples", "refused", "runs", "rows", "passes")})
    groups, cost = measured([sys.executable, "-c", POLARS, log])
    print("polars", cost, {"groups": int(groups)})
