"""The surface beside scipy's local RBF, on 100,000 samples of one made network: CPU seconds of one thread for a fit
and a grid of 500 x 500, and the error on blocks of 5 km left out (4,000 samples of each of five folds).

    python benches/surface_peers.py SAMPLES.csv    # demo/input/demo_drive_*.csv joined, or any log of ours

Needs numpy and scipy. Set OPENBLAS_NUM_THREADS=1.
"""
import csv
import json
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

COUNT, SIDE, BLOCK_M = 100_000, 500, 5_000.0


def samples(files):
    rows = []
    for file in files:
        with open(file, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if row["operator"] == "viettel" and row["technology"] == "4G" and row["rsrp"]:
                    rows.append((float(row["lon"]), float(row["lat"]), float(row["rsrp"])))
    rows = np.array(rows)
    return rows[np.random.default_rng(1).choice(len(rows), min(COUNT, len(rows)), replace=False)]


def main():
    lon, lat, dbm = samples(sys.argv[1:]).T
    x, y = (lon - 106.0) * 104_406.0, (lat - 20.3) * 110_700.0
    blocks = np.floor(x / BLOCK_M).astype(int) * 10_000 + np.floor(y / BLOCK_M).astype(int)
    unique, inverse = np.unique(blocks, return_inverse=True)
    fold = np.random.default_rng(2).integers(0, 5, len(unique))[inverse]
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as points:
        np.savetxt(points, np.c_[lon, lat, dbm, fold], fmt=["%.6f", "%.6f", "%.1f", "%d"], delimiter=",")
        points.flush()
        ours = subprocess.run(["cargo", "bench", "-q", "--bench", "surface", "--", points.name], capture_output=True, text=True, check=True)
        print("phusong", json.loads(ours.stdout.strip().splitlines()[-1]))

    def rbf(x, y, z):
        _, first = np.unique(np.round(np.c_[x, y]), axis=0, return_index=True)
        fitted = RBFInterpolator(np.c_[x[first], y[first]] / 1000, z[first], neighbors=32, smoothing=5.0, kernel="linear")
        return lambda a, b: fitted(np.c_[a, b] / 1000)

    def weighted(x, y, z):
        tree = cKDTree(np.c_[x, y])

        def predict(a, b):
            distance, near = tree.query(np.c_[a, b], k=16)
            weight = 1 / np.maximum(distance, 1.0) ** 2
            return (weight * z[near]).sum(1) / weight.sum(1)

        return predict

    grid = np.meshgrid(np.linspace(x.min(), x.max(), SIDE), np.linspace(y.min(), y.max(), SIDE))
    for name, fit in [("scipy RBF, 32 neighbours", rbf), ("inverse distance, 16 neighbours", weighted)]:
        start = time.process_time()
        fit(x, y, dbm)(grid[0].ravel(), grid[1].ravel())
        spent = time.process_time() - start
        errors = []
        for left_out in range(5):
            of_fold = np.flatnonzero(fold == left_out)
            some = of_fold[:: max(1, -(-len(of_fold) // 4000))]
            known = fold != left_out
            errors.append((fit(x[known], y[known], dbm[known])(x[some], y[some]) - dbm[some]) ** 2)
        print(name, {"fit_and_grid_cpu_s": round(spent, 2), "rmse_blocks_db": round(float(np.sqrt(np.concatenate(errors).mean())), 3)})
    mean = [(dbm[fold != k].mean() - dbm[fold == k]) ** 2 for k in range(5)]
    print("mean", {"rmse_blocks_db": round(float(np.sqrt(np.concatenate(mean).mean())), 3)})


main()
