// What a reader chooses of a file that cannot be read as it is: the system of its coordinates, the sheet of a workbook.
//
// The server says which choices make sense of the file; a field stands there only while there are some.

import { h } from './dom';
import { t } from './i18n';
import type { Asked, Choices } from './import-types';

export class FileChoices {
  private systems = new Map<string, string>();
  private layers: string[] = [];
  private crs = '';
  private layer = '';
  /** Of a list of masts: `all` says that it is the whole of its networks. */
  private extent = '';
  /** The file has several tables, and none was read before the reader chose. */
  private undecided = false;

  constructor(private readonly changed: (which: string) => void) {}

  /** What was offered once stays: another choice may be the right one after all. `read`: the file was, without a choice. */
  offer({ systems, layers }: Choices, read: boolean): void {
    if (!read && layers.length > 0 && this.layer === '') this.undecided = true;
    for (const { crs, name } of systems) this.systems.set(String(crs), name);
    this.layers.push(...layers.filter((name) => !this.layers.includes(name)));
  }

  chosen(kind: string): Pick<Asked, 'crs' | 'layer' | 'replace'> {
    return {
      ...(this.crs ? { crs: Number(this.crs) } : {}),
      ...(this.layer ? { layer: this.layer } : {}),
      ...(kind === 'sites' && this.extent ? { replace: true } : {}),
    };
  }

  clear(): void {
    this.systems.clear();
    this.layers = [];
    this.crs = this.layer = this.extent = '';
    this.undecided = false;
  }

  fields(busy: boolean, kind: string): HTMLElement[] {
    const systems: [string, string][] = [...this.systems].map(([crs, name]) => [crs, `${name} (${crs})`]);
    const layers: [string, string][] = this.layers.map((name) => [name, name]);
    const crs = this.field('import-crs', t('importCrs'), [['', t('importCrsOwn')], ...systems], this.crs, busy, (value) => (this.crs = value));
    const layer = this.field('import-layer', t('importLayer'), [['', t(this.undecided ? 'importChoose' : 'importLayerOwn')], ...layers], this.layer, busy, (value) => (this.layer = value));
    const extent = this.field('import-extent', t('importExtent'), [['', t('importExtentPart')], ['all', t('importExtentAll')]], this.extent, busy, (value) => (this.extent = value));
    return [...(systems.length > 0 ? [crs] : []), ...(layers.length > 0 ? [layer] : []), ...(kind === 'sites' ? [extent] : [])];
  }

  private field(id: string, label: string, options: [string, string][], now: string, busy: boolean, set: (value: string) => void): HTMLElement {
    const picked = (event: Event) => {
      set((event.target as HTMLSelectElement).value);
      this.changed(id);
    };
    return h('label', { class: 'sort', for: id }, h('span', {}, label), h('select', { id, 'data-testid': id, disabled: busy, onchange: picked }, ...options.map(([value, name]) => h('option', { value, selected: value === now }, name))));
  }
}
