// What does not fit in the boundaries of the day shown, with a way to each place.

import * as api from './api';
import { ApiError } from './api';
import { h } from './dom';
import { area, number } from './format';
import { known, t } from './i18n';
import { failure } from './lists';
import type { Problem } from './types';

export interface ProblemsInput {
  selected: number | null;
  pick: (problem: Problem) => void;
}

export class Problems {
  private day: string | null = null;
  private items: Problem[] = [];
  private total = 0;
  private status: 'loading' | 'ready' | 'failed' = 'loading';
  private error: ApiError | null = null;
  /** Which opening the answer under way belongs to. */
  private turn = 0;

  constructor(private readonly changed: () => void) {}

  /** Asks once for a day; a new question of the reader asks again. */
  async open(day: string): Promise<void> {
    if (this.day === day && this.status !== 'failed') return;
    this.day = day;
    this.items = [];
    this.turn += 1;
    await this.more();
  }

  /** The next look asks anew. */
  forget(): void {
    this.day = null;
  }

  async more(): Promise<void> {
    const { day, turn } = this;
    if (day === null) return;
    this.status = 'loading';
    this.changed();
    try {
      const page = await api.boundaryProblems(day, this.items.length);
      if (this.turn !== turn) return;
      this.items = [...this.items, ...page.items];
      this.total = page.total;
      this.status = 'ready';
      this.error = null;
    } catch (error) {
      if (this.turn !== turn) return;
      this.status = 'failed';
      this.error = error instanceof ApiError ? error : new ApiError('server', 0, String(error));
    }
    this.changed();
  }

  view({ selected, pick }: ProblemsInput): HTMLElement {
    const rest = this.total - this.items.length;
    return h(
      'div',
      { class: 'list', 'data-testid': 'list-boundaries', 'data-status': this.status },
      h('div', { class: 'list-head' }, h('p', { class: 'count', 'aria-live': 'polite' }, this.status === 'ready' ? t('count', { total: number(this.total) }) : '')),
      h('p', { class: 'explain' }, t('explainBoundaries')),
      h('ol', {}, ...this.items.map((problem) => h('li', {}, row(problem, problem.id === selected, pick)))),
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.status === 'ready' && this.total === 0 ? h('p', { class: 'empty' }, t('boundariesFit')) : null,
      this.error && this.status === 'failed' ? failure(this.error, () => void this.more()) : null,
      this.status === 'ready' && rest > 0
        ? h('button', { type: 'button', class: 'more', id: 'more-boundaries', onclick: () => void this.more() }, t('showMore', { rest: number(rest) }))
        : null,
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
