// The board of community digital teams: how many there are, with enough
// members or not, set up in time or late; and line by line for those whose
// teams they are.

import * as api from './api';
import { asApiError, type ApiError } from './api';
import { h, type Child } from './dom';
import { explain } from './explain';
import { day, number } from './format';
import { currentLanguage, known, t } from './i18n';
import { failure } from './page-end';
import type { TeamLine, Teams } from './types';

/** The states as they stand on the board, what is to be mended first. */
const STATES = ['none', 'below_minimum', 'members_unknown', 'compliant', 'unlisted'] as const;

const AT_ONCE = 50;

export class TeamBoard {
  status: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  private told: Teams | null = null;
  private error: ApiError | null = null;
  private state = '';
  private shown = AT_ONCE;

  constructor(private readonly changed: () => void) {}

  clear(): void {
    Object.assign(this, { status: 'idle', told: null, shown: AT_ONCE });
  }

  async open(): Promise<void> {
    if (this.status === 'ready' || this.status === 'loading') return;
    this.status = 'loading';
    this.changed();
    try {
      this.told = await api.teams();
      Object.assign(this, { status: 'ready', error: null });
    } catch (error) {
      Object.assign(this, { status: 'failed', error: asApiError(error) });
    }
    this.changed();
  }

  view(seesTeams: boolean): HTMLElement {
    return h(
      'div',
      { 'data-testid': 'team-board' },
      this.status === 'loading' ? h('p', { class: 'waiting' }, t('loading')) : null,
      this.error ? failure(this.error, () => void this.open()) : null,
      ...(this.told ? this.filled(this.told, seesTeams) : []),
    );
  }

  private filled(told: Teams, seesTeams: boolean): Child[] {
    const { rules } = told;
    const counts: Record<string, number> = { ...told.counts, unlisted: told.unlisted };
    const count = (state: string) => {
      const choose = () => {
        Object.assign(this, { state: this.state === state ? '' : state, shown: AT_ONCE });
        this.changed();
      };
      const inside = [h('strong', {}, number(counts[state] ?? 0)), ' ', known(`team_${state}`) ?? state];
      if (!seesTeams) return h('span', { class: `team-count ${state}` }, ...inside);
      return h('button', { type: 'button', id: `team-${state}`, class: `team-count ${state}`, 'aria-pressed': String(this.state === state), onclick: choose }, ...inside);
    };
    const items = told.items.filter((item) => this.state === '' || item.state === this.state);
    const rest = items.length - this.shown;
    const more = () => {
      this.shown += AT_ONCE;
      this.changed();
    };
    return [
      h('div', { class: 'list-head' }, h('p', { class: 'count' }, t('teamsExpected', { total: number(told.expected) })), seesTeams ? h('a', { class: 'export', href: api.indicatorAddress('teams.csv', { lang: currentLanguage() }), download: '' }, t('downloadFormat', { format: 'CSV' })) : null),
      explain(t('teamsExplain', { commune: rules.team_min_commune, village: rules.team_min_village, day: day(rules.team_deadline) })),
      h('div', { class: 'team-counts' }, ...STATES.map(count)),
      explain([t('teamsLate', { late: number(told.late) }), told.communes_without_list > 0 ? t('teamsNoList', { communes: number(told.communes_without_list) }) : ''].filter(Boolean).join(' ')),
      seesTeams ? h('ul', { class: 'team-lines' }, ...items.slice(0, this.shown).map(line)) : explain(t('teamsOnlyCounts')),
      seesTeams && rest > 0 ? h('button', { type: 'button', class: 'more', id: 'more-teams', onclick: more }, t('showMore', { rest: number(rest) })) : null,
    ];
  }
}

function line(item: TeamLine): HTMLElement {
  const facts = [
    item.members === null ? '' : t('teamMembers', { members: number(item.members) }),
    item.youth === null ? '' : t('teamYouth', { youth: number(item.youth) }),
    item.trained === null ? '' : t('teamTrained', { trained: number(item.trained) }),
    item.decided_on === null ? '' : t('teamDecided', { day: day(item.decided_on) }),
    item.days_late ? t('teamDaysLate', { days: number(item.days_late) }) : '',
  ];
  return h(
    'li',
    {},
    h('span', { class: 'name' }, item.name),
    h('span', { class: `team-state ${item.state}` }, known(`team_${item.state}`) ?? item.state),
    h('small', {}, [item.level === 'village' ? item.commune_name : t('teamOfCommune'), ...facts].filter(Boolean).join(' · ')),
  );
}
