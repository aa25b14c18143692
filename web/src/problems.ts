// What does not fit in the boundaries of the day shown, with a way to each place.

import * as api from './api';
import { h } from './dom';
import { explain } from './explain';
import { area, number } from './format';
import { known, t } from './i18n';
import { countOf, pageEnd } from './page-end';
import { Pages } from './pages';
import type { Problem } from './types';

export interface ProblemsInput {
  selected: number | null;
  pick: (problem: Problem) => void;
}

export class Problems {
  private readonly pages: Pages<Problem>;

  constructor(changed: () => void) {
    this.pages = new Pages(changed);
  }

  /** Asks once for a day; a new question of the reader asks again. */
  async open(day: string): Promise<void> {
    await this.pages.open(day, (offset, signal) => api.boundaryProblems(day, offset, signal));
  }

  /** The next look asks anew. */
  forget(): void {
    this.pages.forget();
  }

  view({ selected, pick }: ProblemsInput): HTMLElement {
    const { pages } = this;
    return h(
      'div',
      { class: 'list', 'data-testid': 'list-boundaries', 'data-status': pages.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, countOf(pages))),
      explain(t('explainBoundaries')),
      h('ol', {}, ...pages.items.map((problem) => h('li', {}, row(problem, problem.id === selected, pick)))),
      ...pageEnd(pages, 'boundaries', h('p', { class: 'empty' }, t('boundariesFit'))),
    );
  }
}

function row(problem: Problem, current: boolean, pick: (problem: Problem) => void): HTMLElement {
  const names = problem.unit_names.map((name, i) => name ?? problem.units[i] ?? '');
  const [figure, unit] = size(problem);
  return h(
    'button',
    {
      type: 'button',
      class: 'row',
      id: `problem-${problem.id}`,
      'data-key': problem.id,
      'aria-current': current ? 'true' : null,
      disabled: problem.lon === null,
      onclick: () => pick(problem),
    },
    h('b', { class: 'rank' }, h('i', { class: `swatch dot problem-${problem.severity}`, 'aria-hidden': 'true' })),
    h('span', { class: 'name' }, known(`problem_${problem.kind}`) ?? problem.kind),
    h('span', { class: 'figure' }, h('strong', {}, figure), ' ', unit),
    h('span', { class: 'where' }, names.join(' – ')),
    h('span', { class: 'why' }, why(problem)),
  );
}

/** The figure that says how large the problem is, and its unit. */
function size(problem: Problem): [string, string] {
  const { area_m2: m2, length_m: metres, count, drawn_km2: drawn } = problem;
  if (m2 !== null) {
    if (m2 >= 1e4) return [area(m2).replace(' km²', ''), 'km²'];
    return [number(m2, m2 < 10 ? 2 : 0), 'm²'];
  }
  if (metres !== null) return [number(metres), 'm'];
  if (count !== null) return [number(count), problem.kind === 'multipart' ? t('partsUnit') : t('verticesUnit')];
  return drawn === null ? ['', ''] : [number(drawn, 2), 'km²'];
}

function why(problem: Problem): string {
  const severity = known(`severity_${problem.severity}`) ?? '';
  const { stated_km2: stated, mean_width_m: width } = problem;
  const more = stated !== null ? t('statedArea', { km2: number(stated, 2) }) : width !== null ? t('meanWidth', { m: number(width, width < 10 ? 2 : 0) }) : '';
  return [severity, more].filter(Boolean).join(' · ');
}
