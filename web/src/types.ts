// The nouns of the page, in the words of the server's contract.
//
// Attributes of an item are those of tiles/layers.json: an absent attribute
// is absent, never null and never zero.

export type Language = 'vi' | 'en';

/** Layers that a person can switch, from the top of the map to the bottom. */
export const GROUPS = ['hints', 'priority', 'double_exclusion', 'guidance_lost', 'measure_next', 'places', 'unreached', 'villages', 'dead_areas', 'claims', 'changes', 'surface', 'signal', 'speeds', 'communes'] as const;
export type Group = (typeof GROUPS)[number];

/** Those whose places are villages. */
export const OF_VILLAGES: readonly Group[] = ['villages', 'unreached', 'priority', 'double_exclusion', 'guidance_lost', 'measure_next'];

export const LISTS = ['priority', 'double_exclusion', 'guidance_lost', 'dead_areas', 'places', 'unreached', 'measure_next', 'hints', 'changes'] as const;
export type List = (typeof LISTS)[number];

/** The filters. Empty text means "not asked". Days are `YYYY-MM-DD`. */
export interface Question {
  operator: string;
  technology: string;
  from: string;
  to: string;
  asOf: string;
  /** The earlier period of the layer of changes; nothing for as long a period just before. */
  comparedFrom: string;
  comparedTo: string;
  /** The code of a campaign: households and visits are those of its days and communes alone. */
  campaign: string;
}

export interface Selected {
  layer: Group;
  key: string;
}

export interface State extends Question {
  lang: Language;
  tab: List | 'legend' | 'boundaries' | 'work' | 'inbox' | 'today' | 'indicators' | 'import' | 'audit';
  /** Borders of another edition are drawn over those shown. */
  old: boolean;
  /** Code of the commune that lists are narrowed to; `all` where a reader of one commune asked for every one. */
  commune: string;
  /** Layers that the person switched against the style's own default. */
  visible: Partial<Record<Group, boolean>>;
  selected: Selected | null;
}

export type Attributes = Readonly<Record<string, unknown>>;

export interface Item extends Attributes {
  key: string;
  /** WGS 84 degrees; nothing of a village whose point nobody gave. */
  lon: number | null;
  lat: number | null;
}

/** One answer of the search: a commune or a village, and the words that it was found by. */
export interface Found {
  key: string;
  kind: 'commune' | 'village';
  name: string;
  lon: number | null;
  lat: number | null;
  commune?: string;
  commune_name?: string;
  matched?: string;
  matched_district?: string | null;
  /** First day without the old name. */
  matched_to?: string | null;
  share?: 'whole' | 'part';
  since?: string;
  /** Of a village that is no more: the first day without it, and what goes on for it. */
  ended?: string;
  became?: { code: string; name: string }[];
}

/** A unit that another was made of, or became. */
export interface Relative {
  code: string;
  name: string;
  district: string | null;
  share: 'whole' | 'part';
  /** Of the old unit's drawn area; nothing where one of both is not drawn. */
  fraction: number | null;
  legal_basis: string | null;
  valid_from: string;
  valid_to: string | null;
}

export interface History {
  code: string;
  name: string;
  valid_from: string;
  /** First day without it. */
  valid_to: string | null;
  made_of: Relative[];
  became: Relative[];
}

/** What was done about a dead area. */
export interface WorkAction {
  action: string;
  /** A role or an organisation. */
  who: string;
  text: string;
  at: string;
  /** The day that a claim is of, where it is not that of the record. */
  on?: string | null;
}

/** One run in an area. */
export interface Reading {
  day: string;
  operator: string;
  technology: string;
  /** Nothing is silence. */
  median_dbm: number | null;
  /** Later runs say the opposite: no verdict rests on it. */
  superseded: boolean;
}

/** A line of the work list with its log and its readings. */
export interface WorkSheet extends Item {
  state: string;
  assignee?: string;
  fixed_on?: string;
  runs_after?: number;
  good_runs_after?: number;
  days_after?: number;
  history: WorkAction[];
  readings: Reading[];
}

export type Held = 'pending' | 'noted' | 'accepted' | 'rejected';
export type Decision = 'accepted' | 'rejected' | 'reopened';

/** Visits of one village and day with the same flags. */
export interface HeldBack {
  key: string;
  state: Held;
  day: string;
  commune: string;
  commune_name: string | null;
  village: string | null;
  village_name: string | null;
  flags: string[];
  visits: number;
  households: number;
  guided: number;
  village_claimed: number | null;
  village_counted: number | null;
  /** Who decided last and why; nothing of a line that nobody decided about. */
  decided: { who: string; why: string; on: string } | null;
}

/** A place where boundaries do not fit. */
export interface Problem {
  id: number;
  kind: string;
  severity: 'error' | 'warning' | 'note';
  units: string[];
  unit_names: (string | null)[];
  area_m2: number | null;
  mean_width_m: number | null;
  length_m: number | null;
  count: number | null;
  stated_km2: number | null;
  drawn_km2: number | null;
  lon: number | null;
  lat: number | null;
}

export interface Page {
  layer: string;
  epoch: number | string;
  total: number;
  items: Item[];
  /** Beside the list of hints. */
  plan?: HintPlan;
  /** Beside the list of changes; `null` where nothing was measured to compare. */
  comparison?: Comparison | null;
}

/** Two periods, and how many cells became what. */
export interface Comparison {
  before: Days;
  after: Days;
  cells: Record<string, number>;
}

export interface Days {
  from: string;
  to: string;
}

/** What a list of hints is worth. */
export interface HintPlan {
  unit: 'households' | 'people';
  sites: number;
  /** Why there is no hint. */
  nothing: string | null;
  affected: number | null;
  covered: number | null;
  share_percent: number | null;
  /** No choice of as many sites reaches a larger share. */
  bound_percent: number | null;
  gap_percent: number | null;
  villages: number;
  villages_unknown: number;
}

/** Lower edges of the classes, dBm. */
export interface Cuts {
  none: number;
  poor: number;
  outdoor: number;
  good: number;
}

/** Boundaries in force from one day until the next edition begins. */
export interface Edition {
  valid_from: string;
  valid_to?: string | null;
  units: number;
}

export interface Meta {
  epoch: number | string;
  synthetic: boolean;
  approximate: boolean;
  /** Known once the boundary of the province has been imported. */
  province: { code: string; name: string } | null;
  /** West, south, east, north. */
  bounds: [number, number, number, number];
  as_of: string;
  editions: Edition[];
  operators: { id: string; brand: string }[];
  technologies: string[];
  period: { from: string; to: string } | null;
  rules: {
    signal: { version: string; gsm: Cuts; umts: Cuts; lte: Cuts; nr: Cuts; weak_min_runs: number; weak_min_days: number };
    speed: { slow_from_kbps: number; fair_from_kbps: number; fast_from_kbps: number; min_tests: number; min_devices: number };
    reach: { version: string; started_below: number; low_below: number; near_below: number; stale_after_days: number; k: number };
  };
  /** File formats that the server makes. */
  formats: string[];
  /** Those of each layer whose files may be in another system than WGS 84. */
  formats_in_systems: Record<string, string[]>;
  /** The systems in metres that the province is measured in. */
  systems: { epsg: number; vi: string; en: string }[];
  /** Names of files are not for everybody. */
  sources: { file?: string; kind: string; synthetic: boolean; at: string }[];
  /** Who must be named for the speed tests. */
  speed_attributions: Attribution[];
}

/** A line of the log of the register, with the members of its act. */
export interface RegisterAct {
  id: number;
  act: string;
  /** The village of the act: of a merger the one that goes on. */
  village?: string;
  name?: string;
  others?: string[];
  parts?: { name: string }[];
  households?: number;
  point?: [longitude: number, latitude: number];
  precision_m?: number;
  on: string;
  who: string;
  why: string;
}

export interface RegisterVillage {
  code: string;
  commune: string;
  name: string;
  aliases: string[];
  /** Nothing where nobody declared any. */
  households: number | null;
  /** The first day without it. */
  valid_to: string | null;
  /** Villages that it goes on in. */
  successors: string[];
}

export interface RegisterLog {
  village: RegisterVillage;
  may_edit: boolean;
  acts: RegisterAct[];
  /** Names of the villages that the log speaks of, by code. */
  names?: Record<string, string>;
}

/** Who asks, and what the server lets that role see and do under the filters. */
export interface Me {
  role: string;
  scope: string | null;
  scope_name: string | null;
  may: Record<string, 'none' | 'own' | 'all'>;
  /** Layers that it sees. */
  layers: string[];
  /** Layers whose files are not for everybody. */
  guarded: string[];
  /** It may write on the work list of the network in the filters. */
  act: boolean;
  token: number | null;
  expires: string | null;
  /** Roles to choose among; nothing outside the demo. */
  demo: { as: string; role: string; scope: string | null; scope_name: string | null }[] | null;
}

/** A line of the audit. */
export interface AuditEvent {
  at: string;
  role: string;
  scope: string | null;
  /** Nothing of what was done where the server runs. */
  token: number | null;
  action: string;
  subject: string;
  purpose: string;
}

/** Who published something, and what they allow where that is known. */
export interface Attribution {
  source: string;
  licence: string | null;
}

/** Speed tests around a place or within an area; no figures where nobody tested. */
export interface SpeedsNear {
  class?: string;
  download_mbps?: number;
  tests: number;
  devices?: number;
  /** `2025-Q3` */
  last_quarter?: string;
  attributions?: Attribution[];
}

export interface Summary extends Attributes {
  /** The rules by which the figures were counted; a stand-in server says none. */
  reach?: Meta['rules']['reach'];
  villages: number;
  /** Those with households, of which a share can be told. */
  villages_declared: number;
  villages_by_status: Record<string, number>;
  cells_by_verdict: Record<string, number>;
  /** Cells measured under the filters. */
  cells?: number;
  /** Nothing, with a note, where nobody measured. */
  dead_areas?: number | null;
  priority_by_need: Record<string, number>;
  /** One for each operator of the view that supplied a claim. */
  claims?: ClaimCount[];
}

/** How the cells of an operator stand to its claim. */
export interface ClaimCount {
  operator: string;
  technology: string;
  cells_claimed: number;
  measured: number;
  contradicted: number;
  doubtful: number;
  borne_out: number;
  unmeasured: number;
}

export interface LegendEntry {
  /** Absent where a pattern stands for the entry. */
  color?: string;
  order?: number;
  vi: string;
  en: string;
}
export type LegendKind = 'verdict' | 'status' | 'need' | 'place' | 'hint' | 'chance' | 'change' | 'speed' | 'claim' | 'cluster' | 'work' | 'shape';
export type Legend = Partial<Record<LegendKind, Record<string, LegendEntry>>>;

/** A visit of a plan. */
export interface PlanStop {
  day: number;
  order: number;
  village: string;
  name: string;
  lon: number | null;
  lat: number | null;
  /** Nothing where nobody declared any. */
  households: number | null;
}

export interface PlanTeam {
  team: number;
  households: number;
  villages: number;
  days: number;
  last_day: string | null;
  distance_km: number;
  stops?: PlanStop[];
}

/** Teams, loads and days of a campaign. */
export interface Plan {
  detour: number;
  communes: {
    rate: number;
    rate_from: 'visits' | 'rules';
    rate_days: number | null;
    villages: number;
    villages_at_most: number;
    villages_unknown: number;
    households: number;
    balance_percent: number;
    teams: PlanTeam[];
  }[];
}

/** A line of the list of today. */
export interface TodayItem {
  rank: number;
  key: string;
  name: string;
  commune_name: string;
  households: number | null;
  at_most: boolean;
  days_since_visit: number | null;
  days_since_visit_note: string | null;
  distance_km: number | null;
  visit: string;
  /** The verdict around it. */
  signal: string;
}

export interface Forecast {
  outlook: string;
  target_percent: number;
  villages_unknown: number;
  households_a_week: number | null;
  weeks: number;
  on: string | null;
  earliest: string | null;
  latest: string | null;
}

export type IndicatorLevel = 'province' | 'district' | 'commune' | 'village';

/** One figure of one unit; `value` is null where it is not known, and `why` says why. */
export interface IndicatorCell {
  value: number | null;
  numerator?: number;
  denominator?: number;
  /** Of a line that rests on a sample: its 95 % interval, per cent, and how many it takes to know it to five points. */
  interval?: [number, number];
  needed?: number;
  bound?: 'at_least' | 'at_most' | 'neither';
  why?: string;
  over?: boolean;
  missing?: Record<string, number>;
}

export interface IndicatorRow {
  code: string;
  name: string;
  commune_name?: string;
  now: Record<string, IndicatorCell>;
  before: Record<string, IndicatorCell>;
  change: Record<string, number>;
}

export interface Campaign {
  code: string;
  name: string;
  from: string;
  to: string;
  target_percent: number;
  communes: string[];
}

/** What a commune must have sent for a line to have its figure. */
export type Awaited = 'visits' | 'anything' | 'reports' | 'teams';

export interface Indicators {
  period: string;
  campaign: Campaign | null;
  level: IndicatorLevel;
  steps: boolean;
  communes: number;
  silent: string[];
  lines: { code: string; number: number; unit: 'count' | 'per_hundred' | 'percent'; of_period: boolean; awaits: Awaited | null }[];
  total: IndicatorRow;
  rows: IndicatorRow[];
}

export interface TeamLine {
  key: string;
  name: string;
  level: 'commune' | 'village';
  commune_name: string;
  state: string;
  decided_on: string | null;
  days_late: number | null;
  members: number | null;
  youth: number | null;
  trained: number | null;
}

export interface Teams {
  rules: { team_min_commune: number; team_min_village: number; team_deadline: string };
  expected: number;
  counts: Record<string, number>;
  unlisted: number;
  communes_without_list: number;
  late: number;
  items: TeamLine[];
}

/** Villages, households and public places by verdict: `null` where none is listed, a figure `null` where nobody reported it. */
export interface VerdictRow {
  code?: string;
  name?: string;
  households_not_reported: Record<string, number>;
  cells_measured: number;
  cells_dead: number;
  [counted: string]: Record<string, number | null> | number | string | null | undefined;
}

export interface VerdictNetwork {
  operator: string;
  total: VerdictRow;
  outside: VerdictRow;
  rows: (VerdictRow & { code: string; name: string })[];
}

export interface Verdicts {
  from: string | null;
  to: string | null;
  verdicts: string[];
  counted: string[];
  networks: VerdictNetwork[];
}
