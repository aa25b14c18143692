-- Rows of visits that were changed or removed, so that a server which has read millions reads those alone again.
-- The newest are kept; whoever has read less reads all.
CREATE TABLE private_visit_change (
  -- The order of the log.
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  -- The row of the visit.
  visit INTEGER NOT NULL
);

CREATE TRIGGER visit_change_is_logged AFTER UPDATE ON private_visit
BEGIN
  INSERT INTO private_visit_change (visit) VALUES (old.rowid);
END;
CREATE TRIGGER visit_removal_is_logged AFTER DELETE ON private_visit
BEGIN
  INSERT INTO private_visit_change (visit) VALUES (old.rowid);
END;
