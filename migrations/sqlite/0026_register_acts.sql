-- How the register of villages was kept right: a log that only grows.

CREATE TABLE register_acts (
  -- The order of the log.
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- The village that it is about; of a merger the one that goes on, of a split the one that ends.
  village TEXT NOT NULL CONSTRAINT register_act_has_a_village REFERENCES village_register (code),
  -- What it does, as JSON with its name in `act`.
  change TEXT NOT NULL CONSTRAINT register_act_does_something CHECK (json_valid(change)),
  -- The first day of the new state; of a closing the last day of the village.
  effective DATE NOT NULL,
  -- An office, never a person.
  who TEXT NOT NULL CONSTRAINT register_act_has_an_author CHECK (length(who) BETWEEN 1 AND 60),
  why TEXT NOT NULL CONSTRAINT register_act_has_a_reason CHECK (length(why) BETWEEN 1 AND 1000),
  -- When it was recorded, in UTC.
  at DATETIME NOT NULL
);
CREATE INDEX register_acts_by_village ON register_acts (village, id);

CREATE TRIGGER register_act_is_not_changed BEFORE UPDATE ON register_acts
BEGIN SELECT RAISE(ABORT, 'an act on the register is not changed'); END;
CREATE TRIGGER register_act_is_not_deleted BEFORE DELETE ON register_acts
BEGIN SELECT RAISE(ABORT, 'an act on the register is not deleted'); END;

-- One village after another.
CREATE TABLE village_succession (
  act_id INTEGER NOT NULL CONSTRAINT succession_has_an_act REFERENCES register_acts (id),
  from_code TEXT NOT NULL CONSTRAINT succession_from_a_village REFERENCES village_register (code),
  to_code TEXT NOT NULL CONSTRAINT succession_to_a_village REFERENCES village_register (code),
  -- What was counted for the old one counts for the new one after a merger, and stays after a split.
  kind TEXT NOT NULL CONSTRAINT succession_has_a_kind CHECK (kind IN ('merge', 'split')),
  -- The first day of the new order.
  effective DATE NOT NULL,
  -- What the village that goes on declared until then: on an earlier day it stands for itself alone.
  households_before INTEGER CONSTRAINT succession_households_is_a_count CHECK (households_before >= 0),
  population_before INTEGER CONSTRAINT succession_population_is_a_count CHECK (population_before >= 0),
  CONSTRAINT succession_is_there_once PRIMARY KEY (from_code, to_code)
);
CREATE INDEX village_succession_by_successor ON village_succession (to_code);
