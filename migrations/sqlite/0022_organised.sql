-- Imports may be of teams and of activities. As in 0010.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''sites''', '''sites'', ''teams'', ''activities''')
WHERE type = 'table' AND name = 'imports';
PRAGMA writable_schema = RESET;

-- Community digital teams: counts, never the people.
CREATE TABLE teams (
  commune TEXT NOT NULL CONSTRAINT team_has_a_commune CHECK (length(commune) = 5),
  -- Empty: the team of the commune itself.
  village TEXT NOT NULL,
  decision_no TEXT,
  decided_on DATE,
  -- Empty counts are unknown; 0 is a count.
  members INTEGER CONSTRAINT team_members_is_a_count CHECK (members >= 0),
  youth INTEGER CONSTRAINT team_youth_is_a_count CHECK (youth >= 0),
  trained INTEGER CONSTRAINT team_trained_is_a_count CHECK (trained >= 0),
  has_head BOOLEAN,
  has_police BOOLEAN,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT team_has_an_import REFERENCES imports (id),
  CONSTRAINT team_is_of_one_unit PRIMARY KEY (commune, village)
) WITHOUT ROWID;

-- What teams and communes did, one event a row, and that a commune has reported of a period.
CREATE TABLE activities (
  -- Its id in the file, else what makes it one event: a second import finds it again.
  key TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CONSTRAINT activity_has_a_kind CHECK (kind IN (
    'training_members', 'class_residents', 'duty_shift', 'school_session', 'communication', 'broadcast',
    'supervision', 'campaign', 'new_model', 'material', 'award', 'movement', 'other', 'report')),
  -- The local day; of a report the day on which it was handed in.
  on_day DATE NOT NULL,
  -- `2025-09`, `2025Q3`, `2025H2`, `2025`: what a report speaks of.
  period TEXT CONSTRAINT activity_report_has_a_period CHECK ((kind = 'report') = (period IS NOT NULL)),
  -- Empty: of the province as a whole.
  commune TEXT CONSTRAINT activity_commune_is_a_code CHECK (length(commune) = 5),
  village TEXT,
  place_kind TEXT,
  attendees INTEGER CONSTRAINT activity_attendees_is_a_count CHECK (attendees >= 0),
  elderly INTEGER CONSTRAINT activity_elderly_is_a_count CHECK (elderly >= 0),
  disabled INTEGER CONSTRAINT activity_disabled_is_a_count CHECK (disabled >= 0),
  hours DOUBLE CONSTRAINT activity_hours_is_a_time CHECK (hours >= 0),
  topic TEXT,
  source TEXT NOT NULL,
  import_id INTEGER NOT NULL CONSTRAINT activity_has_an_import REFERENCES imports (id)
) WITHOUT ROWID;
