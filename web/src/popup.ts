// The evidence behind one place, as a card beside the map. A card rather than
// a balloon: fifteen figures do not fit in a balloon on a phone.

import { h } from './dom';
import type { Row } from './cards/sheet';
import { evidence } from './evidence';
import { t } from './i18n';
import type { Attributes, Group, Meta } from './types';
import { colour, word } from './words';

export interface PopupInput {
  layer: Group;
  /** The key that people use. */
  key: string;
  attributes: Attributes;
  meta: Meta;
  close: () => void;
  /** A row that leads somewhere was pressed. */
  open: (where: NonNullable<Row['opens']>, key: string) => void;
  /** What stands below the figures: what a commune was made of, the work on a dead area. */
  more: HTMLElement | null;
}

export function popup({ layer, key, attributes, meta, close, open, more }: PopupInput): HTMLElement {
  const { title, subtitle, badge, flags, rows } = evidence(layer, attributes, meta);
  return h(
    'section',
    { class: 'popup', role: 'dialog', 'aria-labelledby': 'popup-title', 'data-testid': 'popup', 'data-layer': layer, 'data-key': key, tabindex: -1, id: 'popup' },
    h(
      'header',
      {},
      h('div', {}, h('h2', { id: 'popup-title' }, title), subtitle ? h('p', {}, subtitle) : null),
      h('button', { type: 'button', class: 'close', id: 'popup-close', 'aria-label': t('close'), title: t('close'), onclick: close }, '×'),
    ),
    badge
      ? h(
          'p',
          { class: 'badge' },
          h('i', { class: 'swatch dot', style: `--c:${colour(badge.kind, badge.code) ?? '#888'}`, 'aria-hidden': 'true' }),
          word(badge.kind, badge.code),
        )
      : null,
    flags.length > 0 ? h('ul', { class: 'flags' }, ...flags.map((flag) => h('li', {}, flag))) : null,
    h(
      'dl',
      {},
      ...rows.flatMap((row) => [
        h('dt', {}, row.label),
        h(
          'dd',
          { 'data-field': row.field, 'data-raw': row.raw, class: row.absent ? 'absent' : null },
          value(row, open),
          row.hint ? h('span', { class: 'unseen' }, row.hint) : null,
        ),
      ]),
    ),
    more,
  );
}

function value({ field, text, hint, opens, raw = '' }: Row, open: PopupInput['open']): HTMLElement | string {
  if (opens) return h('button', { type: 'button', class: 'link', id: `open-${field}`, 'data-testid': `open-${field}`, onclick: () => open(opens, raw) }, text);
  return hint ? h('abbr', { title: hint, tabindex: 0 }, text) : text;
}
