-- What was taught at the door, and what came of it.

-- Codes with a space between two, `vneid safe`; empty when nobody wrote it down.
ALTER TABLE private_visit ADD COLUMN topics TEXT;
-- New VNeID accounts of level 2, applications for public services, new payment accounts. Empty is not nought.
ALTER TABLE private_visit ADD COLUMN vneid INTEGER CONSTRAINT visit_vneid_is_a_count CHECK (vneid >= 0);
ALTER TABLE private_visit ADD COLUMN services INTEGER CONSTRAINT visit_services_is_a_count CHECK (services >= 0);
ALTER TABLE private_visit ADD COLUMN payments INTEGER CONSTRAINT visit_payments_is_a_count CHECK (payments >= 0);

-- A drive with a name: visits fall into it by their day and place.
CREATE TABLE campaigns (
  -- What is typed to ask for it.
  code TEXT PRIMARY KEY NOT NULL CONSTRAINT campaign_code_is_short CHECK (length(code) BETWEEN 1 AND 40),
  name TEXT NOT NULL CONSTRAINT campaign_has_a_name CHECK (length(name) BETWEEN 1 AND 100),
  -- First and last local day.
  from_day DATE NOT NULL,
  to_day DATE NOT NULL,
  -- Share of households guided from which a village is done.
  target REAL NOT NULL CONSTRAINT campaign_target_is_a_share CHECK (target > 0 AND target <= 1),
  -- Codes with a space between two; empty for the whole province.
  communes TEXT NOT NULL,
  CONSTRAINT campaign_ends_after_it_begins CHECK (from_day <= to_day)
) WITHOUT ROWID;
