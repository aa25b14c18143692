-- What the last analysis found, in the engine's own shape. Replaced as a whole, in one transaction.

CREATE TABLE analysis (
  -- One row, or none before the first analysis.
  id INTEGER NOT NULL PRIMARY KEY CONSTRAINT analysis_is_the_last_one CHECK (id = 1),
  -- Epoch of the data that it was made from.
  made_from INTEGER NOT NULL,
  -- Epoch that its own commit made: when the store is past it, the analysis is out of date.
  committed_as INTEGER NOT NULL,
  -- The day whose boundaries and register it judges.
  as_of DATE NOT NULL,
  -- The thresholds in use, as JSON: a verdict means nothing without them.
  rules TEXT NOT NULL,
  signal_rules_version TEXT NOT NULL,
  reach_rules_version TEXT NOT NULL,
  at DATETIME NOT NULL
);

-- Runs, the unit of evidence for signal. Private: a run has a device and a minute.
CREATE TABLE private_run (
  operator_id INTEGER NOT NULL CONSTRAINT run_has_operator REFERENCES operator (id),
  -- Generation: 2, 3, 4 or 5.
  technology INTEGER NOT NULL CONSTRAINT run_has_technology CHECK (technology BETWEEN 2 AND 5),
  device INTEGER NOT NULL,
  -- H3 index, resolution 10.
  cell INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL CONSTRAINT run_ends_after_it_begins CHECK (end_ms >= start_ms),
  samples INTEGER NOT NULL,
  -- Samples without service among them.
  censored INTEGER NOT NULL CONSTRAINT run_is_censored_in_part CHECK (censored <= samples),
  -- dBm; empty when the median reading is silence.
  median REAL,
  worst REAL,
  rsrq_db REAL,
  sinr_db REAL,
  download_kbps INTEGER
);

-- One village, judged. Figures have passed the privacy floor; a figure is a number, or empty with a note.
CREATE TABLE village_reach (
  village TEXT NOT NULL CONSTRAINT village_has_one_judgement PRIMARY KEY,
  commune TEXT NOT NULL,
  status TEXT NOT NULL,
  stale BOOLEAN NOT NULL,
  over_declared BOOLEAN NOT NULL,
  households INTEGER,
  households_note TEXT,
  visited INTEGER,
  visited_note TEXT,
  guided INTEGER,
  guided_note TEXT,
  remaining INTEGER,
  remaining_note TEXT,
  percent REAL,
  percent_note TEXT,
  last_visit DATE,
  -- Verdict around the village, or `not_measured`.
  signal TEXT NOT NULL,
  signal_confirmed BOOLEAN,
  signal_median_dbm REAL,
  signal_runs INTEGER,
  signal_days INTEGER,
  signal_devices INTEGER,
  -- Wilson interval of the weak share of those runs.
  signal_weak_low REAL,
  signal_weak_high REAL,
  signal_first_seen DATE,
  signal_last_seen DATE,
  -- The dead area of the best-of-all view that the village lies in: H3 index of its smallest cell.
  dead_area TEXT,
  CONSTRAINT village_households_are_a_number_or_a_note CHECK ((households IS NULL) = (households_note IS NOT NULL)),
  CONSTRAINT village_visited_is_a_number_or_a_note CHECK ((visited IS NULL) = (visited_note IS NOT NULL)),
  CONSTRAINT village_guided_is_a_number_or_a_note CHECK ((guided IS NULL) = (guided_note IS NOT NULL)),
  CONSTRAINT village_remaining_is_a_number_or_a_note CHECK ((remaining IS NULL) = (remaining_note IS NOT NULL)),
  CONSTRAINT village_percent_is_a_number_or_a_note CHECK ((percent IS NULL) = (percent_note IS NOT NULL))
);

-- One commune, summed from its villages.
CREATE TABLE commune_reach (
  commune TEXT NOT NULL CONSTRAINT commune_has_one_judgement PRIMARY KEY,
  villages INTEGER NOT NULL,
  villages_reached INTEGER NOT NULL,
  villages_unreached INTEGER NOT NULL,
  villages_no_denominator INTEGER NOT NULL,
  households INTEGER,
  households_note TEXT,
  guided INTEGER,
  guided_note TEXT,
  percent REAL,
  percent_note TEXT,
  cells_measured INTEGER NOT NULL,
  cells_dead INTEGER NOT NULL,
  no_report BOOLEAN NOT NULL,
  CONSTRAINT commune_households_are_a_number_or_a_note CHECK ((households IS NULL) = (households_note IS NOT NULL)),
  CONSTRAINT commune_guided_is_a_number_or_a_note CHECK ((guided IS NULL) = (guided_note IS NOT NULL)),
  CONSTRAINT commune_percent_is_a_number_or_a_note CHECK ((percent IS NULL) = (percent_note IS NOT NULL))
);

-- "Go here first".
CREATE TABLE priority_list (
  -- From 1.
  rank INTEGER NOT NULL CONSTRAINT priority_rank_is_taken_once PRIMARY KEY,
  village TEXT NOT NULL,
  need TEXT NOT NULL CONSTRAINT priority_has_a_need
    CHECK (need IN ('both', 'unreached_unmeasured', 'unreached', 'no_signal')),
  -- Households to guide for 90 %, at most: as if none were guided where that is hidden or not reported.
  households_at_most INTEGER,
  households_at_most_note TEXT,
  CONSTRAINT priority_households_are_a_number_or_a_note
    CHECK ((households_at_most IS NULL) = (households_at_most_note IS NOT NULL))
);
