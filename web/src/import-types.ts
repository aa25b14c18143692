// What the server says of a file that is laid down, looked at and imported.

export interface Choice {
  value: string;
  /** What people call it; codes of results have words of their own. */
  name: string | null;
}

export interface RefusedRow {
  line: number;
  /** Where the row stands in an archive of several files. */
  within: { file: string; line: number } | null;
  field: string;
  /** The field as it is called: the file's heading, or a word. */
  column: string;
  found: string;
  reason: string;
  expected: string;
  hint: string | null;
  /** The cell that would mend the row; nothing where no cell would. */
  mend: { field: string; column: string; choices: Choice[] } | null;
}

/** What may be chosen of a file that could not be read as it is. */
export interface Choices {
  systems: { crs: number; name: string }[];
  /** Sheets of a workbook, layers of a map file. */
  layers: string[];
  /** Of a file that was refused: somebody may say what its columns hold. */
  mapping?: boolean;
}

export interface Counted {
  kind: string;
  accepted: number;
  new: number;
  changed: number;
  known: number;
  refused: number;
  corrected: number;
  already_imported: string | null;
  dropped_fields: string[];
  warnings: string[];
  flags: { flag: string; visits: number; held: boolean }[];
  /** Visits that would count nowhere until somebody accepts them. */
  held: number;
  communes: { commune: string; name: string | null; rows: number }[];
  refused_rows: RefusedRow[];
}

/** A row of a register, and what it would change: nothing of a new village. */
export interface VillageGlance {
  line: number;
  code: string;
  village: string;
  commune: string | null;
  households: number | null;
  changes: { field: string; old: string | null; new: string | null; odd: boolean }[] | null;
}

export interface Preview extends Counted {
  /** The first rows of a register, and the first of those that change a known village, odd ones before all others. */
  villages?: VillageGlance[];
  changed_villages?: VillageGlance[];
  format: { kind: string | null; reader: string; encoding: string | null; delimiter: string | null };
  columns: { field: string; word: string | null; column: string }[];
  choices: Choices;
  /** Names of networks of measurements that Viet Nam does not have, and those that it has. */
  unknown_networks?: string[];
  networks?: { code: string; name: string }[];
  first_good: { line: number; day: string; commune: string | null; village: string | null; result: string; flags: string[] }[];
}

export interface Imported extends Counted {
  epoch: string;
}

/** A line of the list of imports. */
export interface ImportLine {
  id: number;
  kind: string;
  file: string;
  at: string;
  /** Nothing of imports of before it was written down. */
  role: string | null;
  scope: string | null;
  new: number;
  changed: number;
  known: number;
  refused: number;
  taken_back: { at: string; rows: number; kept: number } | null;
}

/** How many areas, and the first of them. */
export interface UndoneAreas {
  total: number;
  items: { key: string; operator: string | null; communes: string; villages: string; cells: number }[];
}

/** A claim on the work list. */
export interface UndoneRepair {
  item: number;
  key: string;
  operator: string | null;
  technology: string | null;
  communes: string;
  state: string | null;
}

/** One network, or all together, with the rows and without. */
export interface UndoneView {
  operator: string | null;
  cells: { before: Record<string, number>; after: Record<string, number> };
  areas: { gone: UndoneAreas; changed: UndoneAreas; new: UndoneAreas };
}

/** What taking an import back takes out. */
export interface Undoing {
  import: ImportLine;
  rows: number;
  kept: number;
  elsewhere: number;
  days: number;
  first_day: string | null;
  last_day: string | null;
  operators: { operator: string; rows: number }[];
  cells: number | null;
  areas: number | null;
  repairs: number | null;
  /** What rests on the rows in part, by name; nothing where no verdict is of all rows. */
  resting: { areas: UndoneAreas; repairs: UndoneRepair[] } | null;
  /** The map with the rows and without; nothing where that takes too long. */
  outcome: { views: UndoneView[]; repairs: (UndoneRepair & { state_after: string | null })[] } | null;
  /** Files that hold some of the rows too. */
  later: { id: number; file: string | null; rows: number; exact: boolean }[];
}

export type Correction = { line: number; field: string; value: string } | { line: number; leave_out: true };

export interface Asked {
  kind: string;
  crs?: number;
  layer?: string;
  replace?: true;
  /** The text of a mapping profile. */
  profile?: string;
  corrections: Correction[];
}

export interface MappedColumn {
  /** Its heading; empty where it has none. */
  column: string;
  /** What it is taken for; nothing where it is not read. */
  field: string | null;
  personal: boolean;
  /** Several columns bear its heading. */
  doubled: boolean;
  examples: { found: string; understood: string | null }[];
  /** Why it was not taken for what it looks like. */
  why: string[];
}

/** What the columns of a table of measurements are taken for. */
export interface Mapping {
  profile: string;
  name: string;
  /** The profile of an earlier import that fits, by its name, where the table is shown by it. */
  kept: string | null;
  /** A profile that fits and is not used by itself: its import was taken back. */
  withdrawn: { name: string; profile: string } | null;
  /** Of a table that is read without a profile: its form, and whether this one reads the same. */
  known: { form: string; accepted: number; refused: number; same: boolean } | null;
  /** Without a word: no column, and rows may be read without it. */
  missing: { field: string; word: string | null }[];
  columns: MappedColumn[];
  fields: { field: string; word: string }[];
  notes: string[];
  rows: number;
  accepted: number;
  refused: number;
  stated: {
    operator: string | null;
    technology: string | null;
    zone: string;
    time_format: string | null;
    month_first: boolean | null;
    decimal_comma: boolean;
    power_unit: string;
    crs: number | null;
    operators: { word: string; operator: string }[];
  };
  operators: { code: string; name: string }[];
  technologies: string[];
}

export interface MappingChanges {
  columns?: { field: string; column: string }[];
  operator?: string;
  technology?: string;
  zone?: string;
  month_first?: boolean;
  decimal_comma?: boolean;
  power_unit?: string;
  operators?: { word: string; operator: string }[];
}
