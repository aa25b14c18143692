-- Readings of phones, by the million. Private: a device that moves is a person that moves.

CREATE TABLE operator (
  -- One byte in a sample instead of a name.
  id INTEGER PRIMARY KEY NOT NULL,
  slug TEXT NOT NULL CONSTRAINT operator_has_one_row UNIQUE
);

-- Rows lie in the order of arrival, which is the order of a drive: cheap to append, and runs are read back
-- together. The key has its own index, which stays small enough for memory where the rows do not.
CREATE TABLE private_sample (
  -- Natural key (`Sample::key`): the same reading in two files is one reading.
  key INTEGER NOT NULL,
  operator_id INTEGER NOT NULL CONSTRAINT sample_has_operator REFERENCES operator (id),
  -- Generation: 2, 3, 4 or 5.
  technology INTEGER NOT NULL CONSTRAINT sample_has_technology CHECK (technology BETWEEN 2 AND 5),
  -- 0 in service, 1 limited, 2 no service, 3 unknown.
  state INTEGER NOT NULL CONSTRAINT sample_has_state CHECK (state BETWEEN 0 AND 3),
  -- Received power, dBm; empty when the phone heard nothing.
  rsrp REAL,
  rsrq_db REAL,
  sinr_db REAL,
  download_kbps INTEGER,
  -- Degrees, WGS 84. Plain numbers: no map program should take this for a layer.
  lon REAL NOT NULL,
  lat REAL NOT NULL,
  accuracy_m REAL,
  -- Milliseconds since 1970, UTC.
  time_ms INTEGER NOT NULL,
  -- Hash of the device, needed to tell one pass from two.
  device INTEGER NOT NULL,
  -- Serving cell as the phone printed it, to name a mast to its operator.
  serving_cell INTEGER,
  import_id INTEGER NOT NULL,
  CONSTRAINT sample_has_one_row UNIQUE (key)
);
