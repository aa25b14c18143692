// Speed tests: what the card of a tile says, and what stands under the card of
// a village or a commune. They are of no network in particular, so they are
// shown beside the verdicts on the signal and never among them.

import * as api from './api';
import { h } from './dom';
import type { Evidence, Sheet } from './cards/sheet';
import { number } from './format';
import { t } from './i18n';
import { failedPart } from './page-end';
import { questionParams } from './state';
import { OF_VILLAGES, type Attribution, type Group, type Meta, type Question, type SpeedsNear } from './types';
import { sourceName, word } from './words';

/** Layers whose cards tell of the speed around. */
const TOLD = new Set<Group>([...OF_VILLAGES, 'places', 'communes']);

/** `2025-Q3` as people say it. */
export function quarterWords(text: string): string {
  const parts = /^(\d{4})-Q([1-4])$/.exec(text);
  return parts ? t('quarterOf', { quarter: parts[2] ?? '', year: parts[1] ?? '' }) : text;
}

export function speedTile(sheet: Sheet): Evidence {
  const kind = sheet.text('class') ?? 'not_enough';
  const mbps = { unit: 'Mbit/s', decimals: 1, absent: 'note_not_measured' } as const;
  sheet.say('class', 'speedsClass', word('speed', kind));
  sheet.figure('download_mbps', 'speedsDownload', mbps);
  sheet.figure('own_download_mbps', 'speedsOwnDownload', mbps);
  sheet.figure('upload_mbps', 'speedsUpload', mbps);
  sheet.figure('latency_ms', 'speedsLatency', { unit: 'ms', absent: 'note_not_measured' });
  sheet.figure('tests', 'speedsTests');
  sheet.figure('devices', 'speedsDevices');
  sheet.figure('quarters', 'speedsQuarters');
  sheet.say('last_quarter', 'speedsLast', quarterWords(sheet.text('last_quarter') ?? ''));
  sheet.source('source', 'speedsSource');
  sheet.list('licence', 'speedsLicence');
  sheet.say('tile', 'speedsKey', sheet.text('tile') ?? '');
  return { title: t('speedsTile'), subtitle: t('speedsNoNetwork'), badge: { kind: 'speed', code: kind }, ...sheet.end() };
}

/** Asked for once for each card and question. */
export class SpeedsAround {
  private known = new Map<string, SpeedsNear | 'asked' | api.ApiError>();

  constructor(private readonly changed: () => void) {}

  view(layer: Group, key: string, question: Question, meta: Meta): HTMLElement | null {
    // Without any speed test in the store, silence about one place would say nothing.
    if (!TOLD.has(layer) || meta.speed_attributions.length === 0) return null;
    const asked = `${meta.epoch} ${layer} ${key} ${questionParams(question)}`;
    const known = this.known.get(asked);
    if (known === undefined) void this.ask(asked, layer, key, question);
    if (known instanceof api.ApiError) return failedPart(t(titleOf(layer)), known, () => void this.ask(asked, layer, key, question));
    return typeof known === 'object' ? speedsView(layer, known) : null;
  }

  private async ask(asked: string, layer: Group, key: string, question: Question): Promise<void> {
    this.known.set(asked, 'asked');
    try {
      this.known.set(asked, await api.speedsNear(layer, key, question));
    } catch (error) {
      this.known.set(asked, api.asApiError(error));
    }
    this.changed();
  }
}

function titleOf(layer: Group): 'speedsInCommune' | 'speedsAround' {
  return layer === 'communes' ? 'speedsInCommune' : 'speedsAround';
}

function speedsView(layer: Group, near: SpeedsNear): HTMLElement {
  return h(
    'section',
    { class: 'history speeds-near', 'data-testid': 'speeds-near' },
    h('h3', {}, t(titleOf(layer))),
    h('p', {}, speedsSentence(near)),
    credits(near.attributions ?? []),
  );
}

/** What the tests say, and how much they are; a verdict only where they are enough. */
export function speedsSentence(near: SpeedsNear): string {
  if (near.tests === 0 || near.download_mbps === undefined) return t('speedsNobody');
  const figures = { tests: number(near.tests), quarter: quarterWords(near.last_quarter ?? '') };
  if (near.class === 'not_enough' || near.class === undefined) return t('speedsFew', figures);
  return t('speedsSay', { mbps: number(near.download_mbps, 1), class: word('speed', near.class).toLowerCase(), ...figures });
}

/** Publishers and their licences, word for word. */
export function credits(attributions: Attribution[]): HTMLElement | null {
  if (attributions.length === 0) return null;
  const named = attributions.map(({ source, licence }) => (licence ? `${sourceName(source)} (${licence})` : sourceName(source)));
  return h('p', { class: 'note' }, t('speedsCredits', { named: named.join('; ') }));
}
