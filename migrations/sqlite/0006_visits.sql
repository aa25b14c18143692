-- Household visits. Private: not registered as a layer, so that nobody publishes it by opening the file.
CREATE TABLE private_visit (
  -- Its id at the source: the same visit in two files is one visit.
  source_id TEXT NOT NULL,
  -- Milliseconds since 1970, UTC: small, and sorts as it is.
  time_ms INTEGER NOT NULL,
  -- The commune in force on that day.
  commune TEXT NOT NULL CONSTRAINT visit_has_commune CHECK (length(commune) = 5),
  -- Empty when no village was near: counted for the commune only.
  village TEXT,
  -- How it found its village, to tell sure from likely.
  assigned_by TEXT NOT NULL CONSTRAINT visit_was_assigned_somehow
    CHECK (assigned_by IN ('code', 'name', 'nearest', 'commune_only')),
  -- Degrees, WGS 84. Plain numbers: no map program should take this for a layer.
  lon REAL,
  lat REAL,
  -- 68 % radius; exactly 0 is a sign of a point placed by hand.
  accuracy_m REAL,
  -- Keyed hash of the household, so that one home on two days counts once.
  household INTEGER NOT NULL,
  -- How the visit ended.
  result TEXT NOT NULL CONSTRAINT visit_has_a_result
    CHECK (result IN ('guided', 'partly', 'not_home', 'refused', 'moved_or_empty', 'not_residential', 'inaccessible', 'later')),
  guided_people INTEGER CONSTRAINT visit_guided_people_is_a_count CHECK (guided_people >= 0),
  -- What the team saw on a phone, `viettel:weak vnpt:ok`; empty when nobody looked.
  signal_seen TEXT,
  -- JSON list of quality flags; empty when there are none.
  flags TEXT,
  import_id INTEGER NOT NULL,
  CONSTRAINT visit_has_one_row_a_source UNIQUE (source_id),
  CONSTRAINT visit_point_has_both_numbers CHECK ((lon IS NULL) = (lat IS NULL))
);
