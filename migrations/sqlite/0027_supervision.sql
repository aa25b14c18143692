-- Re-visits that check an earlier visit of the same home.

-- 1: its result is what the home says of the visit before it, and it counts as no visit itself.
ALTER TABLE private_visit ADD COLUMN supervision INTEGER NOT NULL DEFAULT 0
  CONSTRAINT visit_supervision_is_yes_or_no CHECK (supervision IN (0, 1));
