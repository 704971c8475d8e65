// What waits on this device, or was refused after it had waited, in words its person knows it by: pure.
import type { Draft, Leftover } from './outbox';
import type { ActionEntered, CommandMessage, Commands, Note, Uuid, View } from './protocol';
import { longDay } from './when';

/** What a command says, for whoever made it. */
export interface Said {
  what: string; // "Action for item 3"
  text: string; // what was typed
  item: Uuid | ''; // the item it is about, where it is about one
}

export function said({ command, data }: CommandMessage, view: View): Said {
  const number = (id: Uuid | undefined): string => view.items.find((line) => line.id === id)?.number ?? '';
  const forItem = (id: Uuid | undefined): string => (number(id) ? ` for item ${number(id)}` : '');
  const owner = (id: Uuid): string => view.choices.owners.find((choice) => choice.id === id)?.text ?? '';
  const raised = (action: ActionEntered): string =>
    [action.text, owner(action.owner_id), action.due_on && `by ${longDay(action.due_on)}`].filter(Boolean).join(', ');

  switch (command) {
    case 'action.raise': {
      const action = data as Commands['action.raise'];
      return { what: `Action${forItem(action.item_id)}`, text: raised(action), item: action.item_id ?? '' };
    }
    case 'action.complete':
    case 'action.note':
    case 'action.carry':
    case 'action.extend':
    case 'action.reopen': {
      const { action_id, text } = data as Commands['action.note'];
      const action = [...view.actions, ...view.arising].find((a) => a.id === action_id);
      const how = { 'action.complete': 'Done', 'action.note': 'Progress', 'action.carry': 'Not done', 'action.extend': 'New date', 'action.reopen': 'Opened again' }[command];
      return { what: `${how}${action ? `: ${action.text}` : ''}`, text, item: '' };
    }
    case 'list.update': {
      const row = data as Commands['list.update'];
      const parts = [
        row.worker !== undefined && `Worker: ${row.worker || 'none'}`,
        row.rag !== undefined && `Rating: ${row.rag || 'not rated'}`,
        row.next_step !== undefined && `Next step: ${row.next_step}`,
        row.action && `Action: ${raised(row.action)}`,
        row.refer && `Referred: ${row.refer.reason}`,
      ];
      return { what: `Item ${number(row.item_id)}`, text: parts.filter(Boolean).join('\n') || 'Discussed', item: row.item_id };
    }
    case 'note.write': {
      const note = data as Commands['note.write'];
      return { what: `Notes${forItem(note.item_id)}`, text: note.text, item: note.item_id };
    }
    default:
      return { what: '', text: '', item: '' };
  }
}

/** What is to become of notes that somebody typed for an item that is no longer open. */
export type Late = { save: number } | 'saved' | 'differs';

/**
 * Built on the version there is, they are saved; so they are on a version that is this person's own and
 * whose words they hold. On anything else nobody's words may go under somebody else's.
 */
export function late(left: Leftover, note: Note | undefined, me: string): Late {
  if (!note) return { save: 0 };
  if (note.text === left.text.trim()) return 'saved';
  if (note.version === left.base || (note.author === me && left.text.includes(note.text))) return { save: note.version };
  return 'differs';
}

/** The texts typed into forms that are not on the screen now, by form. */
export function unsent(drafts: Draft[], shown: (form: string) => boolean): Map<string, Draft[]> {
  const forms = new Map<string, Draft[]>();
  for (const draft of drafts) {
    if (draft.label === '' || draft.text.trim() === '' || shown(draft.form)) continue;
    forms.set(draft.form, [...(forms.get(draft.form) ?? []), draft]);
  }
  return forms;
}

/** The item a form is about, when its name says so: "decide.ITEM", "position-SEAT.ITEM.VOTE". */
export const itemOfForm = (form: string, view: View): string =>
  view.items.find((line) => form.includes(line.id))?.number ?? '';
