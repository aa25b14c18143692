/** The server tells when the data have changed, and which layers and where, so an open map does not stay behind an import. */

/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

/** Layers that are drawn otherwise, each with the box that holds every difference; `null`: anywhere. */
export type Changed = Record<string, Box | null>;

interface Told {
  epoch: string;
  /** What `changed` compares with; without both, everything may be different. */
  before?: string;
  changed?: Changed;
}

/** From what is shown to what is served; `null`: everything may be different. */
export interface Step {
  epoch: string;
  changed: Changed | null;
}

/** Several changes one after another are one, with boxes around the boxes. */
export function joined(one: Changed | null, other: Changed | null): Changed | null {
  if (!one || !other) return null;
  const both = { ...one };
  for (const [layer, box] of Object.entries(other)) {
    const own = both[layer];
    if (own === undefined) both[layer] = box;
    else both[layer] = own && box && [Math.min(own[0], box[0]), Math.min(own[1], box[1]), Math.max(own[2], box[2]), Math.max(own[3], box[3])];
  }
  return both;
}

/**
 * Follows the epochs of the server for one question at a time and calls `changed` with what is different from `shown`.
 * A page that nobody looks at waits until somebody does: twenty open tabs should not all ask at once.
 */
export class Live {
  private events: EventSource | null = null;
  private query: string | null = null;
  private step: Step | null = null;

  constructor(
    private readonly shown: () => string,
    private readonly changed: (step: Step) => void,
  ) {
    document.addEventListener('visibilitychange', () => this.look());
    document.addEventListener('focusout', () => setTimeout(() => this.look()));
  }

  /** What is shown now: its changes are told, and nobody else's. */
  follow(query: string): void {
    // The browser connects again by itself; an older one without event streams shows what it has until it is reloaded.
    if (query === this.query || typeof EventSource === 'undefined') return;
    this.events?.close();
    this.query = query;
    // What was heard of another question says nothing of this one.
    if (this.step) this.step.changed = null;
    const events = new EventSource(query ? `events?${query}` : 'events');
    this.events = events;
    events.addEventListener('epoch', (event) => this.hear(JSON.parse(String((event as MessageEvent<string>).data)) as Told));
  }

  private hear({ epoch, before, changed }: Told): void {
    const known = this.step?.epoch ?? this.shown();
    if (epoch === known) return;
    const since = before === known && changed ? changed : null;
    this.step = { epoch, changed: this.step ? joined(this.step.changed, since) : since };
    this.look();
  }

  private look(): void {
    const { step } = this;
    if (!step || document.hidden || typing()) return;
    this.step = null;
    if (step.epoch !== this.shown()) this.changed(step);
  }
}

/** Somebody is in the middle of a word, which a new list would take away. */
export function typing(): boolean {
  const at = document.activeElement;
  return (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) && at.value !== '';
}

/** How far tiles show what lies beyond their edge, shares of their side (`POINT_BUFFER` of the server). */
const BEYOND = 128 / 4096;
/** Where the world of Web Mercator ends. */
const EDGE = 85.0511;

/** The tiles of some zooms that a box changes, of those that `sight` shows. */
export function touched(box: Box | null, sight: Box, [first, last]: [number, number]): { z: number; x: number; y: number }[] {
  const tiles = [];
  for (let z = first; z <= last; z++) {
    const [west, north, east, south] = cells(sight, z, 0);
    const [left, top, right, bottom] = box ? cells(box, z, BEYOND) : [west, north, east, south];
    for (let x = Math.max(west, left); x <= Math.min(east, right); x++) {
      for (let y = Math.max(north, top); y <= Math.min(south, bottom); y++) tiles.push({ z, x, y });
    }
  }
  return tiles;
}

/** First column and row, last column and row. */
function cells([west, south, east, north]: Box, z: number, beyond: number): [number, number, number, number] {
  const side = 2 ** z;
  const column = (lon: number) => ((lon + 180) / 360) * side;
  const row = (lat: number) => {
    const phi = (Math.min(EDGE, Math.max(-EDGE, lat)) * Math.PI) / 180;
    return ((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * side;
  };
  const within = (cell: number) => Math.min(side - 1, Math.max(0, Math.floor(cell)));
  return [within(column(west) - beyond), within(row(north) - beyond), within(column(east) + beyond), within(row(south) + beyond)];
}
