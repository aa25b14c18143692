// The editions of the boundaries on a slider, the oldest at the left.

import { h } from './dom';
import { editionChoices } from './editions';
import { t } from './i18n';
import type { Meta } from './types';

/** After every day that can be asked for. */
const TODAY = '9999';

/** Nothing where there is one edition only. */
export function editionSlider(meta: Meta, asked: string, change: (asOf: string) => void): HTMLElement | null {
  const choices = editionChoices(meta, asked).sort(([a], [b]) => (a || TODAY).localeCompare(b || TODAY));
  if (choices.length < 2) return null;
  const at = choices.findIndex(([day]) => day === asked);
  const words = h('output', { for: 'edition', id: 'edition-words' }, choices[at]?.[1]);
  const slider = h('input', {
    type: 'range',
    id: 'edition',
    'data-testid': 'edition',
    min: 0,
    max: choices.length - 1,
    step: 1,
    value: at,
    'aria-valuetext': choices[at]?.[1],
    oninput: () => {
      words.textContent = choices[slider.valueAsNumber]?.[1] ?? '';
      slider.setAttribute('aria-valuetext', words.textContent);
    },
    onchange: () => change(choices[slider.valueAsNumber]?.[0] ?? ''),
  });
  return h('label', { class: 'edition' }, h('span', {}, t('asOf')), words, slider);
}
