"""Reads what a server and an export offer with QGIS's own libraries, and prints what QGIS sees, as JSON.

usage: read.py BASE_URL FILE…
"""

import json
import os
import sys
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapBoxGlStyleConversionContext,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

# Larger collections are read within a window, degrees.
MOST = 3000
BOX = [106.0, 20.2, 106.1, 20.3]
# What is drawn, metres of Web Mercator.
WINDOW = [11770000, 2290000, 11830000, 2350000]


def ask(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def collection(base, name):
    items = f"{base}/ogc/collections/{name}/items?limit=1"
    layer = QgsVectorLayer(f"url='{base}/ogc' typename='{name}' pageSize='1000' restrictToRequestBBOX='1'", name, "OAPIF")
    seen = {"valid": layer.isValid(), "crs": layer.crs().authid()}
    request, query = QgsFeatureRequest(), ""
    if ask(items)["numberMatched"] > MOST:
        request.setFilterRect(QgsRectangle(*BOX))
        query = "&bbox=" + ",".join(map(str, BOX))
    seen["expected"] = ask(items + query)["numberMatched"]
    features = list(layer.getFeatures(request))
    seen["count"] = len(features)
    seen["with_geometry"] = sum(feature.hasGeometry() for feature in features)
    seen["fields"] = [field.name() for field in layer.fields()]
    return seen


def tiles(base, layers, window):
    """Draws the tiles with the style of the server, as QGIS understands it."""
    style = ask(f"{base}/style.json?for=qgis")
    converter, context = QgsMapBoxGlStyleConverter(), QgsMapBoxGlStyleConversionContext()
    converted = converter.convert(style, context) == QgsMapBoxGlStyleConverter.Success
    layer = QgsVectorTileLayer(f"type=xyz&url={base}/tiles/{layers}/{{z}}/{{x}}/{{y}}&zmin=4&zmax=14", "tiles")
    layer.setRenderer(converter.renderer())
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(*window))
    settings.setOutputSize(QSize(512, 512))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    if "PICTURE" in os.environ:
        image.save(os.environ["PICTURE"])
    colours = {image.pixelColor(x, y).name() for x in range(0, 512, 2) for y in range(0, 512, 2)}
    return {
        "converted": converted,
        "warnings": converter.warnings(),
        "styles": len(converter.renderer().styles()),
        "valid": layer.isValid(),
        "colours": len(colours),
    }


def file(path):
    layer = QgsVectorLayer(path, "file", "ogr")
    seen = {"valid": layer.isValid(), "count": sum(1 for _ in layer.getFeatures()), "crs": layer.crs().authid()}
    message, loaded = layer.loadNamedStyle(os.path.splitext(path)[0] + ".qml")
    renderer = layer.renderer()
    seen |= {"styled": loaded, "message": message, "renderer": renderer.type()}
    seen["legend"] = [item.label() for item in renderer.legendSymbolItems()]
    # A category that is missing leaves its rows out of the map.
    place = layer.fields().indexOf(renderer.classAttribute())
    values = [category.value() for category in renderer.categories()]
    seen["drawn"] = sum(1 for row in layer.getFeatures() if row.attributes()[place] in values)
    return seen


def main():
    base, files = sys.argv[1], sys.argv[2:]
    application = QgsApplication([], False)
    application.initQgis()
    names = [one["id"] for one in ask(f"{base}/ogc/collections")["collections"]]
    told = {
        "collections": {name: collection(base, name) for name in names},
        "tiles": tiles(base, "communes,signal,dead_areas,villages", WINDOW),
        "files": {os.path.basename(path): file(path) for path in files},
    }
    application.exitQgis()
    print(json.dumps(told, ensure_ascii=False))


main()
