// The fields of an act on the register of villages, and the body that they make.

import { villagesOf } from './api';
import { h, type Child } from './dom';
import { number } from './format';
import { known, t } from './i18n';
import { readDay, slashed } from './period';
import type { RegisterVillage } from './types';

/** Characters that the server takes. */
const MOST = { who: 60, name: 100, why: 1000 };
/** Of a village that goes on, and of one that was closed. */
const ACTS = ['confirm', 'rename', 'alias', 'households', 'move', 'merge', 'split', 'close'] as const;
/** Metres: a point read off the map at street level. */
const PRECISION_M = '50';

type Position = [longitude: number, latitude: number];

interface Part {
  name: string;
  households: string;
  /** Taken off the map. */
  point: Position | null;
}

/** What is being written, as it was typed. */
export class RegisterForm {
  private village: RegisterVillage | null = null;
  private kind = '';
  /** Who writes stays for the next village. */
  private who = '';
  private why = '';
  /** The day of the act, as it was typed. */
  private on = '';
  private name = '';
  private households = '';
  private lon = '';
  private lat = '';
  private precision = PRECISION_M;
  private others = new Set<string>();
  private neighbours: { key: string; name: string }[] = [];
  private parts: Part[] = [];

  constructor(
    private readonly changed: () => void,
    private readonly centre: () => Position | null,
    /** The day of the server. */
    private readonly today: () => string,
  ) {}

  start(village: RegisterVillage): void {
    this.village = village;
    this.kind = kinds(village)[0] ?? '';
    this.why = this.name = this.households = this.lon = this.lat = '';
    this.on = slashed(this.today());
    this.precision = PRECISION_M;
    this.others = new Set();
    this.neighbours = [];
    this.parts = [empty(), empty()];
  }

  /** `null` where nothing can be done to the village. */
  fields(): Child[] | null {
    if (!this.village || this.kind === '') return null;
    return [
      h('label', { for: 'register-kind' }, t('workDo'), h('select', { id: 'register-kind', onchange: this.chosen }, ...kinds(this.village).map((kind) => h('option', { value: kind, selected: kind === this.kind }, known(`reg_${kind}`) ?? kind)))),
      ...this.own(),
      h('label', { for: 'register-on' }, t(this.kind === 'close' ? 'registerOnLast' : 'registerOn'), h('input', { id: 'register-on', required: true, inputmode: 'numeric', autocomplete: 'off', placeholder: t('dayPlaceholder'), value: this.on, oninput: (event) => (this.on = typed(event)) })),
      h('label', { for: 'register-who' }, t('workWho'), h('input', { id: 'register-who', required: true, maxlength: MOST.who, value: this.who, placeholder: t('registerWhoExample'), autocomplete: 'organization', oninput: (event) => (this.who = typed(event)) })),
      h('label', { for: 'register-why' }, t('registerWhy'), h('textarea', { id: 'register-why', required: true, rows: 2, maxlength: MOST.why, oninput: (event) => (this.why = typed(event)) }, this.why)),
    ];
  }

  /** Names of the villages that may be merged, by code. */
  get names(): ReadonlyMap<string, string> {
    return new Map(this.neighbours.map(({ key, name }) => [key, name]));
  }

  /** As the server takes it; what makes no sense is for `register-checks.ts` to name. */
  body(): Record<string, unknown> {
    const own = (): Record<string, unknown> => {
      switch (this.kind) {
        case 'rename':
        case 'alias':
          return { name: this.name };
        case 'households':
          return { households: decimal(this.households) };
        case 'move':
          return { point: [decimal(this.lon), decimal(this.lat)], precision_m: decimal(this.precision) };
        case 'merge':
          return { others: [...this.others] };
        case 'split':
          return { parts: this.parts.filter((part) => part.name.trim() !== '').map(told) };
        default:
          return {};
      }
    };
    return { act: this.kind, on: readDay(this.on) ?? '', who: this.who, why: this.why, ...own() };
  }

  private readonly chosen = (event: Event): void => {
    this.kind = typed(event);
    if (this.kind === 'merge' && this.neighbours.length === 0) void this.ask();
    this.changed();
  };

  private own(): Child[] {
    switch (this.kind) {
      case 'rename':
      case 'alias':
        return [h('label', { for: 'register-name' }, t(this.kind === 'alias' ? 'registerAlias' : 'registerName'), h('input', { id: 'register-name', required: true, maxlength: MOST.name, value: this.name, oninput: (event) => (this.name = typed(event)) }))];
      case 'households':
        return [h('label', { for: 'register-households' }, t('registerHouseholds'), h('input', { id: 'register-households', type: 'number', required: true, min: 0, step: 1, value: this.households, oninput: (event) => (this.households = typed(event)) }))];
      case 'move':
        return this.place();
      case 'merge':
        return this.merger();
      case 'split':
        return this.division();
      case 'close':
        return [h('p', { class: 'hint' }, t('registerCloseHint'))];
      default:
        return [];
    }
  }

  private place(): Child[] {
    const line = (id: string, label: string, value: string, set: (text: string) => void) =>
      h('label', { for: id }, label, h('input', { id, required: true, inputmode: 'decimal', value, oninput: (event) => set(typed(event)) }));
    return [
      h('p', { class: 'hint' }, t('registerMoveHint')),
      h('button', { type: 'button', id: 'register-centre', onclick: this.takeCentre }, t('registerCentre')),
      line('register-lon', t('registerLon'), this.lon, (text) => (this.lon = text)),
      line('register-lat', t('registerLat'), this.lat, (text) => (this.lat = text)),
      line('register-precision', t('registerPrecision'), this.precision, (text) => (this.precision = text)),
    ];
  }

  private readonly takeCentre = (): void => {
    const at = this.centre();
    if (!at) return;
    [this.lon, this.lat] = [at[0].toFixed(6), at[1].toFixed(6)];
    this.changed();
  };

  private merger(): Child[] {
    const one = ({ key, name }: { key: string; name: string }) => {
      const id = `register-other-${key}`;
      const toggled = (event: Event) => void ((event.target as HTMLInputElement).checked ? this.others.add(key) : this.others.delete(key));
      return h('label', { for: id, class: 'choice' }, h('input', { id, type: 'checkbox', checked: this.others.has(key), onchange: toggled }), ` ${name} (${key})`);
    };
    return [h('p', { class: 'hint' }, t('registerMergeHint')), h('fieldset', { class: 'choices' }, h('legend', {}, t('registerMergeOthers')), ...this.neighbours.map(one))];
  }

  private division(): Child[] {
    const line = (part: Part, at: number) => {
      const field = (name: 'name' | 'households', label: string, type: string) => {
        const id = `register-part-${name}-${at}`;
        return h('label', { for: id }, label, h('input', { id, type, min: type === 'number' ? 0 : null, required: name === 'name' && at < 2, maxlength: MOST.name, value: part[name], oninput: (event) => (part[name] = typed(event)) }));
      };
      return h('fieldset', {}, h('legend', {}, t('registerPart', { number: at + 1 })), field('name', t('registerName'), 'text'), field('households', t('registerPartHouseholds'), 'number'), ...this.placeOf(part, at));
    };
    const more = () => {
      this.parts.push(empty());
      this.changed();
    };
    return [h('p', { class: 'hint' }, t('registerSplitHint')), ...this.parts.map(line), h('button', { type: 'button', id: 'register-more', onclick: more }, t('registerMore'))];
  }

  private placeOf(part: Part, at: number): Child[] {
    const take = () => {
      const centre = this.centre();
      part.point = centre && rounded(centre);
      this.changed();
    };
    const where = part.point ? t('registerPartPlace', { lon: number(part.point[0], 5), lat: number(part.point[1], 5) }) : t('registerPartNoPlace');
    return [h('p', { class: 'hint' }, where), h('button', { type: 'button', id: `register-part-place-${at}`, onclick: take }, t('registerCentre'))];
  }

  private async ask(): Promise<void> {
    const { village } = this;
    if (!village) return;
    try {
      const items = await villagesOf(village.commune);
      if (this.village !== village) return;
      this.neighbours = items.filter(({ key }) => key !== village.code).map(({ key, name }) => ({ key, name: String(name) }));
    } catch {
      return;
    }
    this.changed();
  }
}

function kinds(village: RegisterVillage): readonly string[] {
  if (!village.valid_to) return ACTS;
  // A village that goes on in others is not opened again.
  return village.successors.length === 0 ? ['reopen'] : [];
}

const empty = (): Part => ({ name: '', households: '', point: null });

/** What is known of a new village. */
const told = ({ name, households, point }: Part): Record<string, unknown> => ({
  name,
  ...(households.trim() === '' ? {} : { households: decimal(households) }),
  ...(point ? { point, precision_m: Number(PRECISION_M) } : {}),
});

/** A millionth of a degree is 11 cm. */
const rounded = ([lon, lat]: Position): Position => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];

const typed = (event: Event): string => (event.target as HTMLInputElement).value;

/** `106,0123` as people write it here, or with a point. */
const decimal = (text: string): number => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')));
