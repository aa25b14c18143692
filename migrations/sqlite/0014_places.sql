-- Imports may be of public places. As in 0010.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''sites''', '''sites'', ''places''')
WHERE type = 'table' AND name = 'imports';
PRAGMA writable_schema = RESET;

-- Places that people go to: coverage is mended first around the centres of the new communes.
CREATE TABLE place_register (
  -- Natural key (`PlaceId`): the id of its source in its commune, else kind and name there.
  id INTEGER PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CONSTRAINT place_has_a_kind
    CHECK (kind IN ('commune_centre', 'service_centre', 'culture_house', 'school', 'health_station', 'other')),
  name TEXT NOT NULL CONSTRAINT place_has_name CHECK (name <> ''),
  -- The commune on the day of the import: its position decides later.
  commune TEXT NOT NULL CONSTRAINT place_has_commune CHECK (length(commune) = 5),
  -- GeoPackage point: without one a place cannot be judged.
  geom BLOB NOT NULL,
  -- Its id in the file, so that a second import finds it again.
  source_key TEXT,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT place_has_an_import REFERENCES imports (id)
);

-- What the last analysis found there, all operators together. Replaced as a whole.
CREATE TABLE place_signal (
  place INTEGER PRIMARY KEY NOT NULL,
  -- Order of the list, from 1.
  rank INTEGER NOT NULL,
  -- The commune around it on the day of the analysis.
  commune TEXT,
  -- Distance within which it was judged, metres.
  within_m DOUBLE NOT NULL,
  -- no_signal, hole, poor, covered, not_enough or unmeasured.
  verdict TEXT NOT NULL,
  -- The class of its runs, or not_measured; the rest is empty then, and runs and days are 0.
  signal TEXT NOT NULL,
  confirmed BOOLEAN,
  median_dbm DOUBLE,
  runs INTEGER NOT NULL,
  days INTEGER NOT NULL,
  devices INTEGER,
  weak_runs INTEGER,
  silent_runs INTEGER,
  -- Wilson interval of the weak share of those runs.
  weak_low DOUBLE,
  weak_high DOUBLE,
  first_seen DATE,
  last_seen DATE
);

-- The layer, made from both. Columns are named as the fields of the map.
CREATE TABLE places (
  fid INTEGER PRIMARY KEY NOT NULL,
  geom POINT NOT NULL,
  -- The fid in hexadecimal digits, as in addresses and files.
  place TEXT NOT NULL,
  -- Verdict and all behind it are empty until the place has been analysed.
  rank INTEGER,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  commune TEXT,
  commune_name TEXT,
  verdict TEXT,
  within_m DOUBLE,
  signal TEXT,
  confirmed BOOLEAN,
  median_dbm DOUBLE,
  runs INTEGER,
  days INTEGER,
  devices INTEGER,
  weak_runs INTEGER,
  silent_runs INTEGER,
  weak_low DOUBLE,
  weak_high DOUBLE,
  first_seen DATE,
  last_seen DATE,
  source TEXT NOT NULL,
  -- Holds something made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('places', 'features', 'places', 'Public places, with their verdict', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('places', 'geom', 'POINT', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('places', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_places_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_places_geom_insert AFTER INSERT ON places
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_places_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_places_geom_update2 AFTER UPDATE OF geom ON places
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_places_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_places_geom_update4 AFTER UPDATE ON places
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_places_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_places_geom_update5 AFTER UPDATE ON places
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_places_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_places_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_places_geom_update6 AFTER UPDATE OF geom ON places
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_places_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_places_geom_update7 AFTER UPDATE OF geom ON places
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_places_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_places_geom_delete AFTER DELETE ON places
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_places_geom WHERE id = OLD.fid;
END;

-- Public places inside a dead area, and their names.
ALTER TABLE dead_areas ADD COLUMN places INTEGER;
ALTER TABLE dead_areas ADD COLUMN place_names TEXT;

-- Verdicts made before these columns are made again when the store is next used.
DELETE FROM analysis;
