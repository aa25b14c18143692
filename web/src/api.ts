// The server's answers. Addresses are relative, so that any base path works.
//
// A failure becomes one of four kinds that the page has words for; the
// server's own sentences are for the log, since they have one language only.

import { questionParams } from './state';
import type { Found, Group, History, Item, Language, List, Meta, Page, Problem, Question, Summary } from './types';

export class ApiError extends Error {
  readonly kind: 'offline' | 'refused' | 'server' | 'tiles';
  readonly status: number;

  constructor(kind: ApiError['kind'], status: number, detail: string) {
    super(detail);
    this.kind = kind;
    this.status = status;
  }
}

export const PAGE_SIZE = 20;
/** More than the villages to visit of any province: one answer holds them all. */
export const EVERYTHING = 5000;

export const meta = (signal?: AbortSignal) => get<Meta>('api/meta', new URLSearchParams(), signal);

export const summary = (question: Question, signal?: AbortSignal) =>
  get<Summary>('api/summary', questionParams(question), signal);

export function page(list: List, question: Question, offset: number, signal?: AbortSignal, limit = PAGE_SIZE): Promise<Page> {
  const query = questionParams(question);
  query.set('limit', String(limit));
  query.set('offset', String(offset));
  return get<Page>(`api/${list}`, query, signal);
}

export const item = (layer: Group, key: string, question: Question, signal?: AbortSignal) =>
  get<Item>(`api/${layer}/${encodeURIComponent(key)}`, questionParams(question), signal);

export async function search(words: string, question: Question, signal?: AbortSignal): Promise<Found[]> {
  const query = onDay(question.asOf);
  query.set('q', words);
  query.set('limit', '8');
  return (await get<{ items: Found[] }>('api/search', query, signal)).items;
}

export function history(code: string, on: string): Promise<History> {
  return get<History>(`api/units/${encodeURIComponent(code)}/history`, onDay(on));
}

export function boundaryProblems(day: string, offset: number): Promise<{ total: number; items: Problem[] }> {
  const query = onDay(day);
  query.set('limit', '50');
  query.set('offset', String(offset));
  return get('api/boundary_problems', query);
}

function onDay(day: string): URLSearchParams {
  return new URLSearchParams(day === '' ? {} : { as_of: day });
}

export function style(question: Question, lang: Language, signal?: AbortSignal): Promise<unknown> {
  const query = questionParams(question);
  query.set('lang', lang);
  return get<unknown>('style.json', query, signal);
}

export function exportAddress(layer: Group, question: Question): string {
  return address(`export/${layer}.geojson`, questionParams(question));
}

function address(path: string, query: URLSearchParams): string {
  const url = new URL(path, document.baseURI);
  url.search = query.toString();
  url.hash = '';
  return url.href;
}

async function get<T>(path: string, query: URLSearchParams, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address(path, query), { signal: signal ?? null, headers: { accept: 'application/json' } });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('offline', 0, String(error));
  }
  if (!response.ok) {
    const detail = await response.text().catch(() => '');
    throw new ApiError(response.status < 500 ? 'refused' : 'server', response.status, detail.slice(0, 500));
  }
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('server', response.status, String(error));
  }
}
