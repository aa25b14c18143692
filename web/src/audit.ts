// "Who read and did what": the audit as a table, newest first.
//
// The server hands it over whole and oldest first, so a page of it is cut here.
// It grows without the data changing, by a login for one: every look asks anew.

import * as api from './api';
import { whatTo, whatWasDone, whoDid, moment } from './audit-words';
import { h } from './dom';
import { explain } from './explain';
import { t } from './i18n';
import { countOf, pageEnd } from './page-end';
import { type Ask, type Answer, Pages } from './pages';
import type { AuditEvent, Meta } from './types';

const PAGE_SIZE = 50;

export class AuditTab {
  private readonly pages: Pages<AuditEvent>;

  constructor(changed: () => void) {
    this.pages = new Pages(changed);
  }

  /** The lines of before stay until the new ones are there. */
  async open(): Promise<void> {
    this.pages.forget();
    await this.pages.open('audit', newestFirst((signal) => api.audit(signal)));
  }

  view(meta: Meta): HTMLElement {
    const { pages } = this;
    return h(
      'div',
      { class: 'list', 'data-testid': 'list-audit', 'data-status': pages.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, countOf(pages))),
      explain(t('auditExplain')),
      pages.items.length > 0 ? table(pages.items, meta) : null,
      ...pageEnd(pages, 'audit', h('p', { class: 'empty' }, t('auditEmpty'))),
    );
  }
}

/** Asks once and hands out the whole from its end, page by page. */
export function newestFirst(ask: (signal: AbortSignal) => Promise<{ items: AuditEvent[] }>): Ask<Answer<AuditEvent>> {
  let all: AuditEvent[] = [];
  return async (offset, signal) => {
    if (offset === 0) all = [...(await ask(signal)).items].reverse();
    return { total: all.length, items: all.slice(offset, offset + PAGE_SIZE) };
  };
}

function table(events: readonly AuditEvent[], meta: Meta): HTMLElement {
  const headings = [t('auditWhen'), t('auditWho'), t('auditWhat'), t('auditWhere'), t('auditWhy')];
  const cell = (at: number, text: string) => (text === '' ? null : h(at === 0 ? 'th' : 'td', { scope: at === 0 ? 'row' : null, 'data-label': headings[at] ?? '' }, text));
  const row = (event: AuditEvent) => h('tr', { 'data-action': event.action }, ...[moment(event.at), whoDid(event, meta), whatWasDone(event), whatTo(event, meta), event.purpose].map((text, at) => cell(at, text)));
  return h(
    'table',
    { class: 'row-cards', 'data-testid': 'audit', 'aria-label': t('listAudit') },
    h('thead', {}, h('tr', {}, ...headings.map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, ...events.map(row)),
  );
}
