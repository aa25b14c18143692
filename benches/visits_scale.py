"""Writes a province of 1.2 million households and 5 million visits from the villages of the demo.

usage: python benches/visits_scale.py demo/input/demo_villages.csv OUT_DIR [VISITS]

`villages.csv` is the demo's register with its households scaled up; in `visits.csv`
a home was called at between not at all and a dozen times within a year, most often
without a village code's help (one row in four names its village and commune only).
The same arguments write the same bytes.
"""

import csv
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

HOUSEHOLDS = 1_200_000
RESULTS = ["guided"] * 55 + ["partly"] * 10 + ["not_home"] * 22 + ["refused"] * 6 + ["later"] * 5 + ["moved_or_empty"] * 2
SEEN = ["", "", "", "ok", "ok", "ok", "weak", "none"]


def main() -> None:
    villages = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig")))
    out, total = Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 5_000_000
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20260101)
    known = [max(int(v["households"] or 0), 40) for v in villages]
    scale = HOUSEHOLDS / sum(known)
    for village, count in zip(villages, known):
        village["households"] = str(round(count * scale))
    with open(out / "villages.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, villages[0].keys())
        writer.writeheader()
        writer.writerows(villages)

    start = datetime(2025, 8, 15, 7)
    header = "id,time,village_code,village,commune_code,commune,lon,lat,accuracy_m,household,result,guided,signal_viettel,signal_vnpt,signal_mobifone\n"
    with open(out / "visits.csv", "w", encoding="utf-8") as file:
        file.write(header)
        written = 0
        lines = []
        while written < total:
            village = villages[int(rng.random() * len(villages))]
            households = int(village["households"])
            day = start + timedelta(days=int(rng.random() * 365))
            sure = rng.random() < 0.75
            placed = bool(village["lon"])
            # A team's day: homes of a lane, a few minutes apart.
            first = int(rng.random() * households)
            minutes = 0.0
            for step in range(15 + int(rng.random() * 25)):
                home = (first + step) % households
                minutes += 4 + rng.random() * 12
                at = day + timedelta(minutes=minutes)
                result = RESULTS[int(rng.random() * len(RESULTS))]
                lon = lat = accuracy = ""
                if placed:
                    lon = f"{float(village['lon']) + (home % 37 - 18) * 0.0002 + rng.random() * 4e-5:.6f}"
                    lat = f"{float(village['lat']) + (home // 37 % 37 - 18) * 0.0002 + rng.random() * 4e-5:.6f}"
                    accuracy = str(3 + int(rng.random() * 25))
                guided = str(1 + int(rng.random() * 3)) if result in ("guided", "partly") else ""
                seen = ",".join(SEEN[int(rng.random() * len(SEEN))] for _ in range(3))
                code = village["code"] if sure else ""
                lines.append(
                    f"v{written:08d},{at:%Y-%m-%dT%H:%M:%S}+07:00,{code},{village['name']},{village['commune_code']},"
                    f"{village['commune_name']},{lon},{lat},{accuracy},ngõ {home // 20 + 1}/{home % 20 + 1},{result},{guided},{seen}\n"
                )
                written += 1
                if written == total:
                    break
            if len(lines) > 100_000:
                file.writelines(lines)
                lines.clear()
        file.writelines(lines)
    print(f"{len(villages)} villages, {HOUSEHOLDS} households, {written} visits")


main()
