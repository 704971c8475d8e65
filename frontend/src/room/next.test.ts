import { describe, expect, it } from 'vitest';
import { nextFor } from './next';
import type { ItemLine, View, Vote } from './protocol';

const line = (number: string, more: Partial<ItemLine> = {}): ItemLine => ({
  id: number, number, kind: 'standing', title: `Item ${number}`, reference: '', minutes: 5, progress: 'waiting', outcome: '', taken_off: false, hidden: '', ...more,
});
function view(more: object): View {
  return { meeting: { status: 'in_session' }, items: [line('1'), line('2')], item: null, vote: null, decision: null, ...more } as unknown as View;
}
const request = { ...line('2', { kind: 'request', progress: 'open' }) };
const open = (voted: number): Partial<Vote> => ({ open: true, voted, of: 3 });

// A chair who does not see what comes next loses the room.
describe('the chair’s next step', () => {
  it.each([
    ['starts the meeting', { meeting: { status: 'scheduled' } }, 'Start the meeting'],
    ['opens the first item', {}, 'Open item 1: Item 1'],
    ['goes on after the open item', { items: [line('1'), line('2', { progress: 'open' }), line('3')], item: line('2') }, 'Open item 3: Item 3'],
    ['comes back to what was left', { items: [line('1'), line('2', { progress: 'open' })], item: line('2') }, 'Open item 1: Item 1'],
    ['skips what was taken off', { items: [line('1', { taken_off: true }), line('2')] }, 'Open item 2: Item 2'],
    ['puts a request to the vote', { item: request }, 'Open the vote'],
    ['waits for no one in particular', { item: request, vote: open(3) }, 'Close the vote'],
    ['says how many are missing', { item: request, vote: open(2) }, 'Close the vote with 1 position missing'],
    ['says it in the plural', { item: request, vote: open(1) }, 'Close the vote with 2 positions missing'],
    ['decides after the vote', { item: request, vote: { open: false } }, 'Record the decision'],
    ['moves on after the decision', { items: [line('1', { progress: 'done' }), request, line('3')], item: request, decision: {} }, 'Open item 3: Item 3'],
    ['closes when all is done', { items: [line('1', { progress: 'done' })] }, 'Close the meeting'],
  ])('%s', (_, state, label) => {
    const next = nextFor(view(state));
    expect(next.kind === 'none' ? '' : next.label).toBe(label);
  });

  it('is nothing in a meeting that is over', () => {
    for (const status of ['closed', 'cancelled']) expect(nextFor(view({ meeting: { status } })).kind).toBe('none');
  });
});
