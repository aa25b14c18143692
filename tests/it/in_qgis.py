"""What QGIS makes of a running server and of exported files, by its own libraries and without a window.

    python3 in_qgis.py http://127.0.0.1:8080 FOLDER [LAYERS]

FOLDER holds LAYER.gpkg with LAYER.qml beside it. LAYERS, with commas between, are left out. Prints a line for each fact; exits with 1 when one does not hold,
with 77 when QGIS is not there.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_RUNTIME_DIR"] = sys.argv[2]
try:
    from qgis.core import (
        Qgis,
        QgsApplication,
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsMapRendererParallelJob,
        QgsMapSettings,
        QgsProject,
        QgsRectangle,
        QgsVectorLayer,
        QgsVectorTileBasicRenderer,
        QgsVectorTileLayer,
    )
    from qgis.PyQt.QtCore import QSize, Qt
except ImportError as error:
    print(f"QGIS is not there: {error}")
    sys.exit(77)

base, folder = sys.argv[1], Path(sys.argv[2])
left_out = sys.argv[3].split(",") if len(sys.argv) > 3 else []
failed = 0


def expect(truth, fact):
    global failed
    print(("ok    " if truth else "FAIL  ") + fact, flush=True)
    failed += not truth


def ask(path):
    with urllib.request.urlopen(base + path) as answer:
        return json.load(answer)


def collections():
    """Every collection has in QGIS the rows that the server says it has."""
    for collection in ask("/ogc/collections")["collections"]:
        name = collection["id"]
        if name in left_out:
            continue
        matched = ask(f"/ogc/collections/{name}/items?limit=1")["numberMatched"]
        uri = f"url='{base}/ogc' typename='{name}' pagingEnabled='true' pageSize='2000'"
        layer = QgsVectorLayer(uri, name, "OAPIF")
        expect(layer.isValid(), f"{name}: the OAPIF provider opens it")
        rows = sum(1 for _ in layer.getFeatures()) if layer.isValid() else -1
        expect(rows == matched, f"{name}: {rows} rows, numberMatched is {matched}")


def tiles():
    """Every layer of the tiles is drawn where it has something, and nothing is where another layer's name is asked."""
    meta = ask("/api/meta")
    to_mercator = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem("EPSG:3857"), QgsProject.instance()
    )
    whole = to_mercator.transformBoundingBox(QgsRectangle(*meta["bounds"]))
    for name in ask("/api/me")["layers"]:
        if name in left_out:
            continue
        told = ask(f"/tiles/{name}.json")
        template = told["tiles"][0].replace("&", "%26").replace("=", "%3D")
        layer = QgsVectorTileLayer(f"type=xyz&url={template}&zmin={told['minzoom']}&zmax={told['maxzoom']}", name)
        expect(layer.isValid(), f"{name}: the vector tile provider opens it")
        points = [one["geometry"] for one in ask(f"/ogc/collections/{name}/items?limit=1")["features"] if one["geometry"]]
        extent = whole
        # A layer that begins at a near zoom is looked at from near.
        if told["minzoom"] > 9 and points:
            west, south = first(points[0]["coordinates"])
            extent = to_mercator.transformBoundingBox(QgsRectangle(west, south, west, south)).buffered(1500)
        styles = QgsVectorTileBasicRenderer.simpleStyleWithRandomColors()
        layer.setRenderer(QgsVectorTileBasicRenderer())
        layer.renderer().setStyles(styles)
        drawn = painted(layer, extent)
        expect((drawn > 0) == bool(points), f"{name}: {drawn} pixels are drawn, {'some' if points else 'no'} place is known")


def first(coordinates):
    return coordinates[:2] if isinstance(coordinates[0], (int, float)) else first(coordinates[0])


def painted(layer, extent):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(extent)
    settings.setOutputSize(QSize(512, 512))
    settings.setBackgroundColor(Qt.white)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return sum(image.pixel(x, y) != 0xFFFFFFFF for x in range(512) for y in range(512))


def files():
    """A GeoPackage with the style beside it is drawn in the classes of the map, each with its word."""
    legend = ask("/style.json")["metadata"]["phusong:legend"]
    words = {}
    for kind in legend.values():
        for code, entry in kind.items():
            words.setdefault(code, set()).update({entry.get("vi"), entry.get("en")})
    for path in sorted(folder.glob("*.gpkg")):
        name = path.stem.split("_epsg")[0]
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        expect(layer.isValid(), f"{path.name}: opens")
        matched = ask(f"/ogc/collections/{name}/items?limit=1")["numberMatched"]
        expect(layer.featureCount() == matched, f"{path.name}: {layer.featureCount()} rows, numberMatched is {matched}")
        if "_epsg" in path.stem:
            number = path.stem.split("_epsg")[1]
            expect(layer.crs().authid() == f"EPSG:{number}", f"{path.name}: is in {layer.crs().authid()}")
            continue
        renderer = layer.renderer()
        if renderer.type() == "graduatedSymbol":
            labels = [one.label() for one in renderer.ranges()]
            expect(len(labels) > 1 and all(labels), f"{path.name}: classes of {renderer.classAttribute()}, {labels}")
            continue
        expect(renderer.type() == "categorizedSymbol", f"{path.name}: is drawn by a renderer of the kind {renderer.type()}")
        if renderer.type() != "categorizedSymbol":
            continue
        classes = {one.value(): one.label() for one in renderer.categories()}
        wrong = {value: label for value, label in classes.items() if label not in words.get(value, ())}
        expect(classes and not wrong, f"{path.name}: {len(classes)} classes in the words of the map {wrong or ''}")
        column = renderer.classAttribute()
        values = {row[column] for row in layer.getFeatures()}
        bare = sorted(str(value) for value in values if value not in classes)
        expect(not bare or bare == ["not_measured"], f"{path.name}: every value of {column} has its class {bare or ''}")


QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
print(f"QGIS {Qgis.QGIS_VERSION}")
collections()
tiles()
files()
application.exitQgis()
sys.exit(1 if failed else 0)
