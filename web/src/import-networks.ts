// Networks of measurements that nobody knows: which they are is asked in sight, before anything comes in. The answer
// is a word of the mapping, which is kept and found again by the headings.

import { h } from './dom';
import { t } from './i18n';
import type { Mapping } from './import-types';

type Words = Mapping['stated']['operators'];

export interface NetworksInput {
  /** Names as the server keeps them. */
  names: readonly string[];
  /** What the columns are taken for, where that is shown: a word of the table stands for a name. */
  words: Words;
  choices: readonly { code: string; name: string }[];
  busy: boolean;
  answer: (name: string, network: string) => void;
}

/** Words of the mapping with a name as it was answered: those that were read as that name, else the name by itself. */
export function answered(words: Words, name: string, network: string): Words {
  const isOf = ({ operator }: Words[number]) => operator === name;
  return words.some(isOf) ? words.map((one) => (isOf(one) ? { ...one, operator: network } : one)) : [...words, { word: name, operator: network }];
}

export function networksAsked({ names, words, choices, busy, answer }: NetworksInput): HTMLElement | null {
  if (names.length === 0) return null;
  const one = (name: string, at: number) => {
    const id = `import-network-${at}`;
    const word = words.find(({ operator }) => operator === name)?.word ?? name;
    const chosen = (event: Event) => answer(name, (event.target as HTMLSelectElement).value);
    return h(
      'label',
      { class: 'sort', for: id },
      h('span', {}, t('netAsk', { word })),
      h(
        'select',
        { id, 'data-testid': id, disabled: busy, onchange: chosen },
        h('option', { value: '' }, t('importChoose')),
        ...choices.map(({ code, name: brand }) => h('option', { value: code }, brand)),
        h('option', { value: name }, t('netOwn', { word })),
      ),
    );
  };
  return h('div', { class: 'note networks', role: 'group', 'aria-label': t('netTitle'), 'data-testid': 'import-networks' }, h('p', {}, t('netWhy')), ...names.map(one));
}
