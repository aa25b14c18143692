// What goes on paper beside the card and the list: the filters in words, the day, the map as it is seen, the legend
// of what is on it, and where the figures are from.

import { h, redraw } from './dom';
import { legendView } from './drawing';
import { editionChoices } from './editions';
import { periodInWords } from './filters';
import { day } from './format';
import { t } from './i18n';
import { isShown } from './mapping';
import { asked as narrowedTo } from './narrowed';
import { page, parts } from './page';
import { comparedPeriod } from './state';
import type { Campaign, Meta, State } from './types';
import { operatorName, technologyName } from './words';

/** The question in words, a part each. */
export function questionInWords(state: State, meta: Meta, campaigns: Campaign[], commune: string, compares: boolean): string[] {
  const compared = compares ? comparedPeriod(state) : null;
  const campaign = campaigns.find(({ code }) => code === state.campaign);
  return [
    `${t('operator')}: ${operatorName(meta, state.operator)}`,
    `${t('technology')}: ${technologyName(state.technology)}`,
    periodInWords(state, meta),
    compared ? t('printCompared', { from: day(compared.from), to: day(compared.to) }) : '',
    campaign ? `${t('periodCampaign')}: ${campaign.name}` : '',
    `${t('asOf')}: ${editionChoices(meta, state.asOf).find(([on]) => on === state.asOf)?.[1] ?? state.asOf}`,
    commune ? t('onlyCommune', { commune }) : '',
  ].filter((words) => words !== '' && !words.endsWith(': '));
}

/** Makes ready what paper needs, at once: the browser does not wait. */
export function beforePrint(today: string): void {
  const { meta, state, campaigns } = page;
  if (!meta) return;
  const code = narrowedTo(state.commune);
  const words = questionInWords(state, meta, campaigns, page.communeNames.get(code) || code, isShown('changes'));
  redraw(
    parts.print,
    h('p', { class: 'print-filters', 'data-testid': 'print-filters' }, words.join(' · ')),
    h('p', {}, t('printedOn', { day: day(today), address: location.href })),
    page.view?.picture(page.chosen?.at ?? null),
    legendOnPaper(),
  );
}

export function afterPrint(): void {
  redraw(parts.print);
}

/** A copy: what is switched off is left out by the style, and no id is there twice. */
function legendOnPaper(): HTMLElement | null {
  const copy = legendView();
  if (!copy) return null;
  for (const one of [...copy.querySelectorAll('[id], [data-testid]')]) {
    one.removeAttribute('id');
    one.removeAttribute('data-testid');
  }
  copy.removeAttribute('data-testid');
  for (const one of [...copy.querySelectorAll('details')]) one.open = true;
  return h('section', { class: 'print-legend' }, h('h2', {}, t('legendTitle')), copy);
}
