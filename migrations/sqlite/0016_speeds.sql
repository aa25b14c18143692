-- Imports may be of speed tests. As in 0010.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''sites''', '''sites'', ''speeds''')
WHERE type = 'table' AND name = 'imports';
PRAGMA writable_schema = RESET;

-- Speed tests by map tile and quarter, as they were published. They know no network, and decide nothing about one.
CREATE TABLE speed_tests (
  -- The tile, sixteen digits of zoom 16.
  quadkey TEXT NOT NULL CONSTRAINT speed_test_has_a_tile CHECK (length(quadkey) = 16),
  -- `2025-Q3`: a file that brings the quarter of a tile again replaces it.
  quarter TEXT NOT NULL CONSTRAINT speed_test_has_a_quarter CHECK (quarter LIKE '____-Q_'),
  download_kbps INTEGER NOT NULL CONSTRAINT speed_test_download_is_a_speed CHECK (download_kbps >= 0),
  upload_kbps INTEGER CONSTRAINT speed_test_upload_is_a_speed CHECK (upload_kbps >= 0),
  latency_ms INTEGER CONSTRAINT speed_test_latency_is_a_time CHECK (latency_ms >= 0),
  tests INTEGER NOT NULL CONSTRAINT speed_test_rests_on_tests CHECK (tests >= 1),
  devices INTEGER NOT NULL CONSTRAINT speed_test_has_devices CHECK (devices BETWEEN 1 AND tests),
  -- Who must be named wherever it is shown, and what the publisher allows.
  source TEXT NOT NULL,
  licence TEXT,
  import_id INTEGER NOT NULL CONSTRAINT speed_test_has_an_import REFERENCES imports (id),
  CONSTRAINT speed_test_is_of_a_tile_and_quarter PRIMARY KEY (quadkey, quarter)
) WITHOUT ROWID;

-- The layer: what the last analysis made of the last four quarters. Columns are named as the fields of the map.
CREATE TABLE speeds (
  fid INTEGER PRIMARY KEY NOT NULL,
  geom POLYGON NOT NULL,
  tile TEXT NOT NULL,
  -- very_slow, slow, fair, fast or not_enough.
  class TEXT NOT NULL,
  -- Expected, with the tiles around lending strength to few tests.
  download_mbps DOUBLE NOT NULL,
  own_download_mbps DOUBLE NOT NULL,
  upload_mbps DOUBLE,
  latency_ms DOUBLE,
  tests INTEGER NOT NULL,
  -- The most in one quarter.
  devices INTEGER NOT NULL,
  quarters INTEGER NOT NULL,
  last_quarter TEXT NOT NULL,
  source TEXT NOT NULL,
  licence TEXT,
  -- Holds something made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('speeds', 'features', 'speeds', 'Speed tests by map tile', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('speeds', 'geom', 'POLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('speeds', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_speeds_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_speeds_geom_insert AFTER INSERT ON speeds
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_speeds_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_speeds_geom_update2 AFTER UPDATE OF geom ON speeds
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_speeds_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_speeds_geom_update4 AFTER UPDATE ON speeds
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_speeds_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_speeds_geom_update5 AFTER UPDATE ON speeds
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_speeds_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_speeds_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_speeds_geom_update6 AFTER UPDATE OF geom ON speeds
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_speeds_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_speeds_geom_update7 AFTER UPDATE OF geom ON speeds
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_speeds_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_speeds_geom_delete AFTER DELETE ON speeds
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_speeds_geom WHERE id = OLD.fid;
END;

-- Verdicts made before this layer are made again when the store is next used.
DELETE FROM analysis;
