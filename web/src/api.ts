// The server's answers. Addresses are relative, so that any base path works.
//
// A failure becomes one of four kinds that the page has words for; the
// server's own sentences are for the log, since they have one language only.

import type { FeatureCollection } from 'geojson';

import type { Asked, Choices, Imported, ImportLine, Mapping, MappingChanges, Preview, Undoing } from './import-types';
import type { Box } from './live';
import { questionParams } from './state';
import type { AuditEvent, Campaign, Comparison, Decision, Forecast, Found, Group, Held, HeldBack, History, IndicatorLevel, Indicators, Item, Language, List, Me, Meta, Page, Plan, Problem, Question, RegisterLog, SpeedsNear, Summary, Teams, TodayItem, Verdicts, WorkSheet } from './types';

/** Why an act was refused, in parts. */
export interface Reason {
  code: string;
  village?: string;
  day?: string;
  name?: string;
}

/** What the server says of a request that it refuses (RFC 9457), as far as the page goes by it. */
export interface Details {
  detail?: string;
  hint?: string | null;
  reason?: Reason;
  choices?: Choices;
}

export class ApiError extends Error {
  readonly kind: 'offline' | 'refused' | 'server' | 'tiles';
  readonly status: number;
  details: Details = {};

  constructor(kind: ApiError['kind'], status: number, detail: string) {
    super(detail);
    this.kind = kind;
    this.status = status;
  }
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('server', 0, String(error));
}

export const PAGE_SIZE = 20;
/** Most communes have fewer villages: their list is one page. */
const COMMUNE_SIZE = 100;

export const meta = (signal?: AbortSignal) => get<Meta>('api/meta', new URLSearchParams(), signal);

/** What the reader may see of the network in the filters. */
export const me = (operator: string, signal?: AbortSignal) => get<Me>('api/me', new URLSearchParams(operator === '' ? {} : { operator }), signal);

export const login = (body: { token: string } | { demo: string }) => send<Me>('api/login', new URLSearchParams(), body);

export const logout = () => send<unknown>('api/logout', new URLSearchParams(), {});

export const summary = (question: Question, signal?: AbortSignal) =>
  get<Summary>('api/summary', questionParams(question), signal);

/** Of one commune or, where none is named, of all. */
export function page(list: List, question: Question, commune: string, offset: number, signal?: AbortSignal): Promise<Page> {
  const query = questionParams(question);
  if (commune) query.set('commune', commune);
  query.set('limit', String(commune ? COMMUNE_SIZE : PAGE_SIZE));
  query.set('offset', String(offset));
  return get<Page>(`api/${list}`, query, signal);
}

/** The periods that changes are told between; nothing where nothing was measured to compare. */
export async function comparison(question: Question): Promise<Comparison | null> {
  const query = questionParams(question);
  query.set('limit', '1');
  return (await get<Page>('api/changes', query)).comparison ?? null;
}

export const item = (layer: Group, key: string, question: Question, signal?: AbortSignal) =>
  get<Item>(`api/${key.startsWith('item-') ? 'work' : layer}/${encodeURIComponent(key)}`, questionParams(question), signal);

export async function search(words: string, question: Question, signal?: AbortSignal): Promise<Found[]> {
  const query = onDay(question.asOf);
  query.set('q', words);
  query.set('limit', '8');
  return (await get<{ items: Found[] }>('api/search', query, signal)).items;
}

export function history(code: string, on: string): Promise<History> {
  return get<History>(`api/units/${encodeURIComponent(code)}/history`, onDay(on));
}

export const speedsNear = (layer: Group, key: string, question: Question) =>
  get<SpeedsNear>(`api/${layer}/${encodeURIComponent(key)}/speeds`, questionParams(question));

export function boundaryProblems(day: string, offset: number, signal?: AbortSignal): Promise<{ total: number; items: Problem[] }> {
  const query = onDay(day);
  query.set('limit', '50');
  query.set('offset', String(offset));
  return get('api/boundary_problems', query, signal);
}

export type WorkOrder = 'rank' | 'households' | 'area' | 'last_seen' | 'state';

export function workPage(question: Question, { order, commune }: { order: WorkOrder; commune: string }, offset: number, signal: AbortSignal): Promise<Page> {
  const query = questionParams(question);
  if (commune) query.set('commune', commune);
  query.set('sort', order);
  query.set('limit', String(PAGE_SIZE));
  query.set('offset', String(offset));
  return get<Page>('api/work', query, signal);
}

export const workSheet = (key: string, question: Question) => get<WorkSheet>(`api/work/${encodeURIComponent(key)}`, questionParams(question));

/** Does something about an area; the answer is the area as it stands then. */
export const act = (key: string, question: Question, action: { action: string; who: string; text: string; on?: string }) =>
  send<WorkSheet>(`api/work/${encodeURIComponent(key)}/actions`, questionParams(question), action);

/** What was done to a village in the register. */
export const registerLog = (code: string) => get<RegisterLog>(`api/register/${encodeURIComponent(code)}`, new URLSearchParams());

/** The villages of a commune that are in force. */
export async function villagesOf(commune: string): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const next = await get<Page>('api/villages', new URLSearchParams({ commune, limit: String(COMMUNE_SIZE), offset: String(items.length) }));
    items.push(...next.items);
    if (next.items.length === 0 || items.length >= next.total) return items;
  }
}

/** The communes of today on whose ground a point lies. */
export async function communesAt([lon, lat]: [number, number]): Promise<Item[]> {
  const box = [lon, lat, lon, lat].join(',');
  return (await get<Page>('api/communes', new URLSearchParams({ bbox: box, limit: '5' }))).items;
}

export const registerAct = (code: string, act: Record<string, unknown>) =>
  send<unknown>(`api/register/${encodeURIComponent(code)}/acts`, new URLSearchParams(), act);

const posted = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { accept: 'application/json', 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const send = <T>(path: string, query: URLSearchParams, body: unknown): Promise<T> => ask<T>(path, query, posted(body));

/** Visits that were held back, of one commune or of all. */
export function heldBack(commune: string, state: Held, signal?: AbortSignal): Promise<{ total: number; items: HeldBack[] }> {
  return get('api/inbox', new URLSearchParams(commune === '' ? { state } : { state, commune }), signal);
}

export const decide = (key: string, review: { decision: Decision; who: string; why: string }) =>
  ask<{ visits: number }>(`api/inbox/${encodeURIComponent(key)}`, new URLSearchParams(), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(review),
  });

/** A file as it is, kept at the server until it is imported. */
export const layDown = (file: File, lang: Language) =>
  ask<{ key: string }>('api/uploads', new URLSearchParams({ name: file.name, lang }), { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/octet-stream' }, body: file });

export const lookAt = (key: string, asked: Asked, lang: Language) => send<Preview>(`api/uploads/${encodeURIComponent(key)}/preview`, new URLSearchParams({ lang }), asked);

/** What the columns of measurements are taken for: by a profile, else by a guess, and after what is changed. */
export const mapColumns = (key: string, asked: Pick<Asked, 'kind' | 'crs' | 'layer' | 'profile'> & { changes?: MappingChanges; fresh?: true }, lang: Language) =>
  send<Mapping>(`api/uploads/${encodeURIComponent(key)}/mapping`, new URLSearchParams({ lang }), asked);

/** The refused rows as a workbook, to be mended and chosen again. */
export const refusedBook = (key: string, wanted: Asked, lang: Language) =>
  asked(`api/uploads/${encodeURIComponent(key)}/refused`, new URLSearchParams({ lang }), posted(wanted), (response) => response.blob());

export const bringIn = (key: string, asked: Asked, lang: Language) => send<Imported>(`api/uploads/${encodeURIComponent(key)}/import`, new URLSearchParams({ lang }), asked);

/** All imports, oldest first. */
export const importsOf = (signal?: AbortSignal) => get<{ items: ImportLine[] }>('api/imports', new URLSearchParams(), signal);

/** What taking an import back would take out. */
export const undoing = (id: number, lang: Language) => get<Undoing>(`api/imports/${id}/undo`, new URLSearchParams({ lang }));

export const takeBack = (id: number, reason: string, lang: Language) => send<Undoing>(`api/imports/${id}/undo`, new URLSearchParams({ lang }), { reason });

/** Who read and did what, all of it, oldest first. */
export const audit = (signal?: AbortSignal) => get<{ items: AuditEvent[] }>('api/audit', new URLSearchParams(), signal);

export const plan = (query: URLSearchParams) => get<Plan>('api/plan', query);

export const planLines = (query: URLSearchParams) => get<FeatureCollection>('plan/plan.geojson', query);

/** `plan.geojson`, `plan.csv`, or the sheets to print. */
export const planAddress = (file: string, query: URLSearchParams) => address(`plan/${file}`, query);

export function today(question: Question, commune: string, offset: number, signal?: AbortSignal): Promise<{ epoch: string; total: number; items: TodayItem[] }> {
  const query = questionParams(question);
  if (commune) query.set('commune', commune);
  query.set('limit', String(PAGE_SIZE));
  query.set('offset', String(offset));
  return get('api/today', query, signal);
}

/** A period by its code, or a campaign as `campaign:CODE`. */
export const windowOf = (period: string): Record<string, string> => (period.startsWith('campaign:') ? { campaign: period.slice(9) } : { period });

export const indicators = (period: string, level: IndicatorLevel) => get<Indicators>('api/indicators', new URLSearchParams({ ...windowOf(period), level }));

export const campaigns = () => get<{ items: Campaign[] }>('api/campaigns', new URLSearchParams());

/** Of every network: the table compares them, whichever the filters show. */
const verdictParams = (question: Question) => questionParams({ ...question, operator: '', campaign: '', comparedFrom: '', comparedTo: '' });

export const verdicts = (question: Question) => get<Verdicts>('api/verdicts', verdictParams(question));

export function verdictAddress(question: Question, lang: Language): string {
  const query = verdictParams(question);
  query.set('lang', lang);
  return address('indicators/verdicts.csv', query);
}

export const teams = () => get<Teams>('api/teams', new URLSearchParams());

/** `indicators.csv`, `indicators.xlsx` and `teams.csv`. */
export const indicatorAddress = (file: string, query: Record<string, string>) => address(`indicators/${file}`, new URLSearchParams(query));

export async function forecast(commune: string, question: Question): Promise<Forecast | undefined> {
  const query = questionParams(question);
  query.set('commune', commune);
  const told = await get<{ target_percent: number; items: Omit<Forecast, 'target_percent'>[] }>('api/forecast', query);
  const [item] = told.items;
  return item && { ...item, target_percent: told.target_percent };
}

function onDay(day: string): URLSearchParams {
  return new URLSearchParams(day === '' ? {} : { as_of: day });
}

export function style(question: Question, lang: Language, signal?: AbortSignal): Promise<unknown> {
  const query = questionParams(question);
  query.set('lang', lang);
  return get<unknown>('style.json', query, signal);
}

/** Which rows of a layer, and the system of their places by its EPSG number; nothing where all, and WGS 84. */
export interface Narrowing {
  commune: string;
  bbox: Box | null;
  crs: string;
}

export function exportAddress(layer: Group | 'work', question: Question, format: string, { commune, bbox, crs }: Narrowing, lang: Language): string {
  const query = questionParams(question);
  // A workbook is for people; the other formats keep their codes.
  if (format === 'xlsx') query.set('lang', lang);
  if (commune) query.set('commune', commune);
  if (bbox) query.set('bbox', bbox.map((degrees) => degrees.toFixed(5)).join(','));
  if (crs) query.set('crs', crs);
  return address(`export/${layer}.${format}`, query);
}

function address(path: string, query: URLSearchParams): string {
  const url = new URL(path, document.baseURI);
  url.search = query.toString();
  url.hash = '';
  return url.href;
}

function get<T>(path: string, query: URLSearchParams, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, query, { signal: signal ?? null, headers: { accept: 'application/json' } });
}

const ask = <T>(path: string, query: URLSearchParams, how: RequestInit): Promise<T> => asked(path, query, how, async (response) => (await response.json()) as T);

async function asked<T>(path: string, query: URLSearchParams, how: RequestInit, take: (response: Response) => Promise<T>): Promise<T> {
  const { signal } = how;
  let response: Response;
  try {
    response = await fetch(address(path, query), how);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('offline', 0, String(error));
  }
  if (!response.ok) {
    const detail = await response.text().catch(() => '');
    const error = new ApiError(response.status < 500 ? 'refused' : 'server', response.status, detail.slice(0, 2000));
    error.details = detailsIn(detail);
    throw error;
  }
  try {
    return await take(response);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('server', response.status, String(error));
  }
}

/** Nothing where the body is of something between us and the server. */
function detailsIn(body: string): Details {
  try {
    return (JSON.parse(body) as Details | null) ?? {};
  } catch {
    return {};
  }
}
