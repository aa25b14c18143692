-- A claim may be of an earlier day than its record: the site was on air before anybody wrote it down.
ALTER TABLE work_actions ADD COLUMN fixed_on DATE;
