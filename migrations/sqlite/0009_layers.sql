-- The layers that a person sees when the file is opened as a GeoPackage. Columns are named as the fields of
-- the map's layers. They are tables and not views, because a view has no spatial index and loses the types
-- of its columns in GDAL 3.6; the store rebuilds them in the transaction that changes what they show.

-- Communes in force on the day of the analysis (before the first one: not ended), with what was found there.
CREATE TABLE communes (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON,
  -- Five digits; unique only together with valid_from.
  code TEXT NOT NULL,
  -- Kind and name, as in law.
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  valid_from DATE NOT NULL,
  -- The boundary is approximated, not official.
  approximate BOOLEAN NOT NULL,
  stated_area_km2 DOUBLE,
  -- Figures are empty until the register has been analysed; after that an empty one has a note.
  villages INTEGER,
  villages_reached INTEGER,
  villages_unreached INTEGER,
  villages_no_denominator INTEGER,
  households INTEGER,
  households_note TEXT,
  guided INTEGER,
  guided_note TEXT,
  percent DOUBLE,
  percent_note TEXT,
  -- H3 r9 cells with a measurement, and those without usable signal.
  cells_measured INTEGER,
  cells_dead INTEGER,
  -- No visit reported up to the day of the analysis.
  no_report BOOLEAN,
  -- Holds something made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('communes', 'features', 'communes', 'Communes and wards in force', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('communes', 'geom', 'MULTIPOLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('communes', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_communes_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_communes_geom_insert AFTER INSERT ON communes
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_communes_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_communes_geom_update2 AFTER UPDATE OF geom ON communes
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_communes_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_communes_geom_update4 AFTER UPDATE ON communes
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_communes_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_communes_geom_update5 AFTER UPDATE ON communes
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_communes_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_communes_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_communes_geom_update6 AFTER UPDATE OF geom ON communes
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_communes_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_communes_geom_update7 AFTER UPDATE OF geom ON communes
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_communes_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_communes_geom_delete AFTER DELETE ON communes
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_communes_geom WHERE id = OLD.fid;
END;

-- The register, with the status of the last analysis.
CREATE TABLE villages (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POINT,
  -- Commune and number, minted here.
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  commune TEXT NOT NULL,
  commune_name TEXT,
  -- The ladder from no_denominator to reached; empty until the register has been analysed.
  status TEXT,
  -- The last visit is older than the rule allows.
  stale BOOLEAN,
  -- More households guided than declared.
  over_declared BOOLEAN,
  -- Declared households; where a figure is empty its note says why.
  households INTEGER,
  households_note TEXT,
  visited INTEGER,
  visited_note TEXT,
  guided INTEGER,
  guided_note TEXT,
  -- Households still to guide for 90 %.
  remaining INTEGER,
  remaining_note TEXT,
  percent DOUBLE,
  percent_note TEXT,
  last_visit DATE,
  -- Verdict around the village, or not_measured.
  signal TEXT,
  signal_confirmed BOOLEAN,
  signal_median_dbm DOUBLE,
  signal_runs INTEGER,
  signal_days INTEGER,
  signal_devices INTEGER,
  -- Wilson interval of the weak share of those runs.
  signal_weak_low DOUBLE,
  signal_weak_high DOUBLE,
  signal_first_seen DATE,
  signal_last_seen DATE,
  -- The dead area of the best-of-all view that the village lies in: H3 index of its smallest cell.
  dead_area TEXT,
  -- How sure the register is.
  confidence TEXT NOT NULL,
  -- Made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('villages', 'features', 'villages', 'Villages of the register, with their status', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('villages', 'geom', 'POINT', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('villages', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_villages_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_villages_geom_insert AFTER INSERT ON villages
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_villages_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_villages_geom_update2 AFTER UPDATE OF geom ON villages
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_villages_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_villages_geom_update4 AFTER UPDATE ON villages
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_villages_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_villages_geom_update5 AFTER UPDATE ON villages
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_villages_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_villages_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_villages_geom_update6 AFTER UPDATE OF geom ON villages
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_villages_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_villages_geom_update7 AFTER UPDATE OF geom ON villages
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_villages_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_villages_geom_delete AFTER DELETE ON villages
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_villages_geom WHERE id = OLD.fid;
END;

-- "Go here first": villages in the order of need.
CREATE TABLE priority (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POINT,
  -- From 1.
  rank INTEGER NOT NULL,
  -- both, unreached_unmeasured, unreached or no_signal.
  need TEXT NOT NULL,
  -- Households to guide for 90 %, at most: as if none were guided where that is hidden or not reported.
  households_at_most INTEGER,
  households_at_most_note TEXT,
  -- Commune and number, minted here.
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  commune TEXT NOT NULL,
  commune_name TEXT,
  -- The ladder from no_denominator to reached; empty until the register has been analysed.
  status TEXT,
  -- The last visit is older than the rule allows.
  stale BOOLEAN,
  -- More households guided than declared.
  over_declared BOOLEAN,
  -- Declared households; where a figure is empty its note says why.
  households INTEGER,
  households_note TEXT,
  visited INTEGER,
  visited_note TEXT,
  guided INTEGER,
  guided_note TEXT,
  -- Households still to guide for 90 %.
  remaining INTEGER,
  remaining_note TEXT,
  percent DOUBLE,
  percent_note TEXT,
  last_visit DATE,
  -- Verdict around the village, or not_measured.
  signal TEXT,
  signal_confirmed BOOLEAN,
  signal_median_dbm DOUBLE,
  signal_runs INTEGER,
  signal_days INTEGER,
  signal_devices INTEGER,
  -- Wilson interval of the weak share of those runs.
  signal_weak_low DOUBLE,
  signal_weak_high DOUBLE,
  signal_first_seen DATE,
  signal_last_seen DATE,
  -- The dead area of the best-of-all view that the village lies in: H3 index of its smallest cell.
  dead_area TEXT,
  -- How sure the register is.
  confidence TEXT NOT NULL,
  -- Made for the demo.
  synthetic BOOLEAN NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('priority', 'features', 'priority', 'Where to go first', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('priority', 'geom', 'POINT', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('priority', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_priority_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_priority_geom_insert AFTER INSERT ON priority
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_priority_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_priority_geom_update2 AFTER UPDATE OF geom ON priority
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_priority_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_priority_geom_update4 AFTER UPDATE ON priority
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_priority_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_priority_geom_update5 AFTER UPDATE ON priority
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_priority_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_priority_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_priority_geom_update6 AFTER UPDATE OF geom ON priority
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_priority_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_priority_geom_update7 AFTER UPDATE OF geom ON priority
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_priority_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_priority_geom_delete AFTER DELETE ON priority
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_priority_geom WHERE id = OLD.fid;
END;

-- Verdicts on H3 r9 cells. A cell that nobody measured is not here.
CREATE TABLE cells (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  -- H3 index, as 15 hexadecimal digits.
  cell TEXT NOT NULL,
  resolution INTEGER NOT NULL,
  -- Operator, or `all`: the best of all.
  operator TEXT NOT NULL,
  -- 2G to 5G, or `all`.
  technology TEXT NOT NULL,
  verdict TEXT NOT NULL CONSTRAINT cell_has_a_verdict
    CHECK (verdict IN ('none', 'weak', 'suspected', 'outdoor', 'good', 'very_good')),
  -- Enough runs for 95 %.
  confirmed BOOLEAN NOT NULL,
  -- Median of runs; empty when the median run heard nothing.
  median_dbm DOUBLE,
  -- Independent passes, distinct days, distinct devices: what the verdict rests on.
  runs INTEGER NOT NULL,
  days INTEGER NOT NULL,
  devices INTEGER NOT NULL,
  -- Raw readings, for information only.
  samples INTEGER NOT NULL,
  -- Runs below the poor cut, and runs that heard nothing among them.
  weak_runs INTEGER NOT NULL,
  silent_runs INTEGER NOT NULL,
  -- Bounds of the weak share.
  weak_low DOUBLE NOT NULL,
  weak_high DOUBLE NOT NULL,
  first_seen DATE NOT NULL,
  last_seen DATE NOT NULL,
  -- Operators with a run here.
  operators_measured INTEGER NOT NULL,
  synthetic BOOLEAN NOT NULL,
  CONSTRAINT cell_has_one_verdict UNIQUE (cell, operator, technology)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('cells', 'features', 'cells', 'Mobile signal by H3 r9 cell, operator and technology', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('cells', 'geom', 'POLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('cells', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_cells_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_cells_geom_insert AFTER INSERT ON cells
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_cells_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_cells_geom_update2 AFTER UPDATE OF geom ON cells
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_cells_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_cells_geom_update4 AFTER UPDATE ON cells
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_cells_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_cells_geom_update5 AFTER UPDATE ON cells
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_cells_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_cells_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_cells_geom_update6 AFTER UPDATE OF geom ON cells
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_cells_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_cells_geom_update7 AFTER UPDATE OF geom ON cells
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_cells_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_cells_geom_delete AFTER DELETE ON cells
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_cells_geom WHERE id = OLD.fid;
END;

-- Connected cells without usable signal.
CREATE TABLE dead_areas (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom MULTIPOLYGON,
  -- H3 index of the smallest cell inside.
  area TEXT NOT NULL,
  -- Order on the list of this operator and technology, from 1.
  rank INTEGER NOT NULL,
  verdict TEXT NOT NULL CONSTRAINT dead_area_has_a_verdict CHECK (verdict IN ('none', 'weak')),
  -- Half of its cells or more are confirmed.
  confirmed BOOLEAN NOT NULL,
  -- Operator, or `all`: no operator serves it.
  operator TEXT NOT NULL,
  technology TEXT NOT NULL,
  -- H3 r9 cells.
  cells INTEGER NOT NULL,
  area_m2 DOUBLE NOT NULL,
  -- Villages inside: how many, their codes and their names.
  villages INTEGER NOT NULL,
  village_codes TEXT NOT NULL,
  village_names TEXT NOT NULL,
  -- Declared households inside: a floor when some villages declare none, empty with a note when none does.
  households INTEGER,
  households_note TEXT,
  villages_without_households INTEGER NOT NULL,
  -- Independent passes, distinct days, distinct devices: what the verdict rests on.
  runs INTEGER NOT NULL,
  days INTEGER NOT NULL,
  devices INTEGER NOT NULL,
  weak_runs INTEGER NOT NULL,
  silent_runs INTEGER NOT NULL,
  -- Wilson interval of the weak share of its runs.
  weak_low DOUBLE NOT NULL,
  weak_high DOUBLE NOT NULL,
  -- Lowest reading; empty when there was none.
  worst_dbm DOUBLE,
  first_seen DATE NOT NULL,
  last_seen DATE NOT NULL,
  synthetic BOOLEAN NOT NULL,
  CONSTRAINT dead_area_households_are_a_number_or_a_note CHECK ((households IS NULL) = (households_note IS NOT NULL)),
  CONSTRAINT dead_area_has_one_row UNIQUE (area, operator, technology)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('dead_areas', 'features', 'dead_areas', 'Connected areas without usable signal', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('dead_areas', 'geom', 'MULTIPOLYGON', 4326, 0, 0);

-- Spatial index as in the GeoPackage standard, annex F.3, word for word, so that other programs keep it in step.
INSERT INTO gpkg_extensions
VALUES ('dead_areas', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_dead_areas_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_dead_areas_geom_insert AFTER INSERT ON dead_areas
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_dead_areas_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_dead_areas_geom_update2 AFTER UPDATE OF geom ON dead_areas
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_dead_areas_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_dead_areas_geom_update4 AFTER UPDATE ON dead_areas
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_dead_areas_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_dead_areas_geom_update5 AFTER UPDATE ON dead_areas
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_dead_areas_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_dead_areas_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_dead_areas_geom_update6 AFTER UPDATE OF geom ON dead_areas
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_dead_areas_geom
  SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)
  WHERE id = NEW.fid;
END;
CREATE TRIGGER rtree_dead_areas_geom_update7 AFTER UPDATE OF geom ON dead_areas
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
   AND (OLD.geom IS NULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_dead_areas_geom
  VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_dead_areas_geom_delete AFTER DELETE ON dead_areas
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_dead_areas_geom WHERE id = OLD.fid;
END;
