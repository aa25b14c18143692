// A sentence that explains what stands below it. On a phone its first lines are shown (css/phone.css), and a tap
// unfolds or folds the rest; what was unfolded stays so when the list is drawn again.

import { h } from './dom';

const whole = new Set<string>();

export function explain(text: string, testid?: string): HTMLElement {
  const tapped = () => {
    if (!whole.delete(text)) whole.add(text);
    sentence.classList.toggle('whole', whole.has(text));
  };
  const sentence = h('p', { class: whole.has(text) ? 'explain whole' : 'explain', 'data-testid': testid, onclick: tapped }, text);
  return sentence;
}
