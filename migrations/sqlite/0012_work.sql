-- What providers do about dead areas. Judgements are made anew with every analysis; this is not.

CREATE TABLE work_items (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- The network whose dead area it is, or `all`.
  operator TEXT NOT NULL,
  technology TEXT NOT NULL,
  -- H3 r9 cells of the area at the first action, in order, a space between two: areas grow and part, cells stay.
  cells TEXT NOT NULL CONSTRAINT work_item_has_cells CHECK (cells <> ''),
  -- Two people who act at the same moment act on one item.
  CONSTRAINT work_item_is_opened_once UNIQUE (operator, technology, cells)
);

CREATE TABLE work_actions (
  -- The order of the log.
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  item_id INTEGER NOT NULL CONSTRAINT work_action_has_an_item REFERENCES work_items (id),
  kind TEXT NOT NULL CONSTRAINT work_action_has_a_kind CHECK (kind IN ('assign', 'comment', 'fixed', 'reopen')),
  -- A role or an organisation, never a person.
  who TEXT NOT NULL CONSTRAINT work_action_has_an_author CHECK (length(who) BETWEEN 1 AND 60),
  -- The comment, or to whom it is assigned.
  text TEXT NOT NULL CONSTRAINT work_action_is_short CHECK (length(text) <= 1000),
  -- When, in UTC. Its local day is the one from which later runs bear a claim out or not.
  at DATETIME NOT NULL
);
CREATE INDEX work_actions_by_item ON work_actions (item_id);

-- The log only grows.
CREATE TRIGGER work_action_is_not_changed BEFORE UPDATE ON work_actions
BEGIN SELECT RAISE(ABORT, 'an action on the work list is not changed'); END;
CREATE TRIGGER work_action_is_not_deleted BEFORE DELETE ON work_actions
BEGIN SELECT RAISE(ABORT, 'an action on the work list is not deleted'); END;
