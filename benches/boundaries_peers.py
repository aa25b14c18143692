#!/usr/bin/env python3
"""Our boundaries against shapely's, in one sitting: CPU seconds and their ratio.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install geopandas
    /tmp/peers/bin/python benches/boundaries_peers.py FOLDER

FOLDER holds `communes_2025.geojson`, `communes_before_fitted.geojson`, `merger_2025.csv` and
`districts_vn.gpkg`. A peer is given the geometries in memory; so are we.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely


def cpu(work):
    """Seconds of CPU of one turn, over as many turns as fill two seconds; what it says."""
    said = work()
    start, turns = time.process_time(), 0
    while turns < 3 or time.process_time() - start < 2.0:
        work()
        turns += 1
    return (time.process_time() - start) / turns, said


def dissolve(geometries, keys, how):
    def work():
        out = [how(geometries[keys == key]) for key in np.unique(keys)]
        parts = [part for part in shapely.get_parts(np.array(out, dtype=object))]
        holes = sum(len(part.interiors) for part in parts if part.geom_type == "Polygon")
        return f"{len(out)} groups, {len(parts)} parts, {holes} holes"
    return work


def overlaps(geometries):
    def work():
        tree = shapely.STRtree(geometries)
        a, b = tree.query(geometries, predicate="intersects")
        a, b = a[a < b], b[a < b]
        area = shapely.area(shapely.intersection(geometries[a], geometries[b]))
        gaps = len(shapely.coverage_invalid_edges(geometries).nonzero()[0])
        return f"{(area > 0).sum()} pairs overlap, {gaps} units with invalid edges"
    return work


def contains(geometries, x, y):
    def work():
        found = np.full(len(x), -1, np.int32)
        shapely.prepare(geometries)
        for number, area in enumerate(geometries):
            west, south, east, north = area.bounds
            near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
            near = near[shapely.contains_xy(area, x[near], y[near])]
            found[near] = number
        return f"{(found >= 0).sum()} of {len(x)} points"
    return work


def halton(count, base):
    number, value, part = np.arange(count), np.zeros(count), 1.0 / base
    while number.any():
        value += (number % base) * part
        number //= base
        part /= base
    return value


def ours(measure, path):
    command = ["cargo", "bench", "-q", "--bench", "boundaries", "--", measure, str(path)]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return result


def row(name, mine, theirs):
    for peer, (seconds, said) in theirs.items():
        print(f"| {name} | {mine['cpu_s']:.4f} | {peer} {seconds:.4f} | {seconds / mine['cpu_s']:.1f} | {mine['note']} | {said} |")


def alone(code):
    """Peak memory of a peer in a process of its own, MB: after reading, at the end."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def main():
    folder = Path(sys.argv[1])
    work = Path(tempfile.mkdtemp())
    communes = gpd.read_file(folder / "communes_2025.geojson")
    communes["key"] = "0"
    districts = gpd.read_file(folder / "districts_vn.gpkg")
    province = next(name for name in ("id2", "ID_2", "id_2", "province") if name in districts.columns)
    districts["key"] = districts[province].astype(str)
    before = gpd.read_file(folder / "communes_before_fitted.geojson")
    to = {r["old_code"]: r["new_code"] for r in csv.DictReader(open(folder / "merger_2025.csv", encoding="utf-8-sig"))}
    code = next(name for name in ("code", "old_code", "ma") if name in before.columns)
    before["key"] = before[code].astype(str).map(to).fillna("?")
    paths = {}
    for name, frame in (("communes", communes), ("districts", districts), ("before", before)):
        paths[name] = work / f"{name}.geojson"
        frame[["key", "geometry"]].to_file(paths[name], driver="GeoJSON", COORDINATE_PRECISION=15)

    print("| work | phusong, CPU s | peer, CPU s | peer / phusong | phusong says | peer says |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in ("communes", "districts"):
        frame = gpd.read_file(paths[name])
        geometries, keys = np.asarray(frame.geometry.values, dtype=object), frame["key"].to_numpy()
        theirs = {}
        for peer in ("union_all", "disjoint_subset_union_all", "coverage_union_all"):
            try:
                theirs[peer] = cpu(dissolve(geometries, keys, getattr(shapely, peer)))
            except Exception as error:  # a peer that gives up is said to
                print(f"| dissolve {name} | – | {peer} fails: {str(error).split(chr(10))[0][:90]} | – | – | – |")
        row(f"dissolve {name}", ours("dissolve", paths[name]), theirs)
    geometries = np.asarray(communes.geometry.values, dtype=object)
    row("overlaps and gaps", ours("check", paths["communes"]), {"STRtree + intersection + coverage_invalid_edges": cpu(overlaps(geometries))})
    row("validity", ours("validity", paths["communes"]), {"is_valid_reason": cpu(lambda: str((shapely.is_valid_reason(geometries) != "Valid Geometry").sum()) + " invalid")})
    x, y = 105.5 + halton(2_000_000, 2) * 1.1, 19.9 + halton(2_000_000, 3) * 0.8
    row("lookup of 2,000,000 points", ours("lookup", paths["communes"]), {"prepared contains_xy": cpu(contains(geometries, x, y))})
    for measure in ("simplify", "chain"):
        mine = ours(measure, paths["before" if measure == "chain" else "communes"])
        print(f"| {measure} | {mine['cpu_s']:.4f} | – | – | {mine['note']} | – |")

    print("\n| memory, MB | after reading | at the peak |\n| --- | --- | --- |")
    for name in ("communes", "districts"):
        mine = ours("dissolve", paths[name])
        print(f"| dissolve {name}, phusong | {mine['read_kb'] / 1024:.0f} | {mine['peak_kb'] / 1024:.0f} |")
        peer = f"""
import geopandas as gpd, numpy as np, resource, shapely
frame = gpd.read_file({str(paths[name])!r}); keys = frame["key"].to_numpy(); g = np.asarray(frame.geometry.values, dtype=object)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
read = peak(); out = [shapely.disjoint_subset_union_all(g[keys == key]) for key in np.unique(keys)]
print(read, "|", peak())
"""
        print(f"| dissolve {name}, shapely | {alone(peer)} |")


if __name__ == "__main__":
    main()
