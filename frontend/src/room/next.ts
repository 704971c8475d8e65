// The chair's one next action: whatever happens in the room, there is one clear
// thing to do, and it says what it will do.
import type { ItemLine, View } from './protocol';

export type Next =
  | { kind: 'start'; label: string }
  | { kind: 'open'; item: ItemLine; label: string }
  | { kind: 'propose'; label: string }
  | { kind: 'close vote'; label: string; missing: number }
  | { kind: 'decide'; label: string }
  | { kind: 'close'; label: string }
  | { kind: 'none'; words: string };

export function nextFor(view: View): Next {
  const { meeting, item, vote, decision, awaiting } = view;
  switch (meeting.status) {
    case 'scheduled':
      return { kind: 'start', label: 'Start the meeting' };
    case 'adjourned':
      return { kind: 'start', label: 'Start the meeting again' };
    case 'closed':
      return { kind: 'none', words: 'The meeting has closed.' };
    case 'cancelled':
      return { kind: 'none', words: 'This meeting was cancelled.' };
    case 'in_session':
      break;
  }
  if (awaiting && !nextItem(view)) return { kind: 'none', words: `The decision on item ${item?.number ?? ''} waits for ${awaiting.waits_for}.` };
  if (item && !item.hidden && item.kind === 'request' && !decision && !awaiting) {
    if (vote?.open) {
      const missing = vote.of - vote.voted;
      return { kind: 'close vote', missing, label: closeWords(missing) };
    }
    return vote ? { kind: 'decide', label: 'Record the decision' } : { kind: 'propose', label: 'Open the vote' };
  }
  if (vote?.open) {
    const missing = vote.of - vote.voted;
    return { kind: 'close vote', missing, label: closeWords(missing) };
  }
  const next = nextItem(view);
  if (next) return { kind: 'open', item: next, label: `Open item ${next.number || '–'}: ${next.title || 'hidden from you'}` };
  return { kind: 'close', label: 'Close the meeting' };
}

/** The next line to turn to: after the open one, else the first that waits. */
export function nextItem(view: View): ItemLine | undefined {
  const waits = (line: ItemLine): boolean => line.progress === 'waiting' && !line.taken_off;
  const at = view.items.findIndex((line) => line.progress === 'open');
  return view.items.slice(at + 1).find(waits) ?? view.items.find(waits);
}

function closeWords(missing: number): string {
  if (missing === 0) return 'Close the vote';
  return `Close the vote with ${missing} ${missing === 1 ? 'position' : 'positions'} missing`;
}
