// The two fills that a colour alone cannot say: nobody measured here, and no
// usable signal here; and the squares of public places, in the colours of the
// legend. Drawn, so that nothing has to be fetched.

import { colour } from './words';

interface Pattern {
  background: string;
  line: string;
  width: number;
  crossed: boolean;
}

const PATTERNS: Record<string, Pattern> = {
  // Unknown: grey on nearly nothing.
  hatch: { background: 'rgba(255,255,255,0.35)', line: 'rgba(90,90,90,0.55)', width: 1.2, crossed: false },
  // Dead: dark and crossed, readable without colour.
  'dead-hatch': { background: 'rgba(0,0,0,0)', line: 'rgba(40,10,20,0.85)', width: 1.4, crossed: true },
};

/** Side of one repeat in pixels of the screen; drawn at twice that for sharp screens. */
const SIDE = 10;
export const PIXEL_RATIO = 2;

/** Side of a square, in the same pixels; its edge is dark on every colour of the signal. */
const SQUARE = 14;
const PLACE = 'place-';

function square(fill: string | undefined): ImageData | null {
  const canvas = document.createElement('canvas');
  const side = SQUARE * PIXEL_RATIO;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!fill || !context) return null;
  const edges: [string, number][] = [
    ['#ffffff', 0],
    ['#1a1a1a', PIXEL_RATIO],
    [fill, 3 * PIXEL_RATIO],
  ];
  for (const [color, inset] of edges) {
    context.fillStyle = color;
    context.fillRect(inset, inset, side - 2 * inset, side - 2 * inset);
  }
  return context.getImageData(0, 0, side, side);
}

/** The image of a pattern or of a place, or nothing when the name is not ours. */
export function pattern(name: string): ImageData | null {
  if (name.startsWith(PLACE)) return square(colour('place', name.slice(PLACE.length)));
  const look = PATTERNS[name];
  const side = SIDE * PIXEL_RATIO;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!look || !context) return null;
  context.fillStyle = look.background;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = look.line;
  context.lineWidth = look.width * PIXEL_RATIO;
  context.lineCap = 'square';
  context.beginPath();
  // Three parallels, so that the strokes meet where the tile repeats.
  for (const shift of [-side, 0, side]) {
    context.moveTo(shift, side);
    context.lineTo(shift + side, 0);
    if (look.crossed) {
      context.moveTo(shift, 0);
      context.lineTo(shift + side, side);
    }
  }
  context.stroke();
  return context.getImageData(0, 0, side, side);
}
