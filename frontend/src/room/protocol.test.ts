import { describe, expect, it } from 'vitest';
import { applied, isServerMessage, mayBeSentAgain, readMessage, type CommandType, type Frame, type View } from './protocol';

// The Go tests read the same files: when one side changes its mind, both say so.
const files = import.meta.glob<string>('../../../server/live/testdata/frames/*.json', { eager: true, query: '?raw', import: 'default' });
const texts = Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]));
const names = Object.keys(texts);

function golden(name: string): string {
  const text = texts[name];
  if (text === undefined) throw new Error(`there is no ${name}`);
  return text;
}

describe('the golden frames', () => {
  it('are all here', () => expect(names.length).toBeGreaterThanOrEqual(12));

  it.each(names.filter((n) => !n.startsWith('command-')))('%s is a message we understand', (name) => {
    expect(isServerMessage(JSON.parse(golden(name)))).toBe(true);
  });

  it.each(names.filter((n) => n.startsWith('command-')))('%s is what we would send', (name) => {
    const command = JSON.parse(golden(name)) as { type: string; id: string; command: CommandType; data: object };
    expect(Object.keys(command)).toEqual(['type', 'id', 'command', 'data']);
    expect(mayBeSentAgain(command.command)).toBe(command.command !== 'ballot.cast');
  });

  it('an open vote shows who has voted and never how', () => {
    const frame = readMessage(golden('frame-vote-progress.json')) as Frame;
    expect(frame.sections.vote?.voters.map((v) => v.voted)).toEqual([true, false]);
    expect(frame.sections.vote?.voters.map((v) => v.position)).toEqual(['', '']);
  });

  it('a section replaces its own as a whole, and null is a value', () => {
    const before = { item: { id: 'x' }, quorum: { words: 'old' }, notes: [] } as unknown as View;
    const after = applied(before, readMessage(golden('frame-item-finished.json')) as Frame);
    expect(after.item).toBeNull();
    expect(after.quorum.words).toBe('Quorate: 5 members are here and 4 are needed');
    expect(after.notes).toBe(before.notes);
  });

  it('a whole frame leaves nothing of what was there', () => {
    const before = { item: { id: 'secret' } } as unknown as View;
    const frame: Frame = { type: 'frame', seq: 1, says: '', whole: true, catching_up: false, sections: { items: [] } };
    expect(applied(before, frame)).toEqual({ items: [] });
  });
});

it('what is not one of ours is ignored', () => {
  expect(readMessage('not json')).toBeNull();
  expect(readMessage('{"type":"news"}')).toBeNull();
  expect(readMessage('null')).toBeNull();
});
