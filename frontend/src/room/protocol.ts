// The room's protocol as server/live/README.md writes it down: what the server
// sends, what the browser sends, and the sections of a view. The Go side's
// names stand in panels/room/view.go; its example frames are our tests' too.

export type Uuid = string;
export type Day = string; // "2027-03-04", or "" for Not known
export type Instant = string; // RFC 3339 in UTC
export const nobody: Uuid = '00000000-0000-0000-0000-000000000000';

export type MeetingStatus = 'scheduled' | 'in_session' | 'adjourned' | 'closed' | 'cancelled';
export type Progress = 'waiting' | 'open' | 'done' | 'passed';
export type Stage = 'present' | 'questions' | 'deliberation';
export type Position = 'consent' | 'consent_if' | 'refuse' | 'for' | 'for_if' | 'against' | 'abstain';
export type Outcome =
  | 'agreed'
  | 'agreed_with_conditions'
  | 'agreed_in_part'
  | 'agreed_in_principle'
  | 'provisional'
  | 'deferred'
  | 'not_agreed'
  | 'not_eligible'
  | 'referred'
  | 'escalated'
  | 'withdrawn';

export interface Meeting {
  id: Uuid;
  forum_id: Uuid;
  forum_slug: string;
  forum: string;
  starts_at: Instant;
  ends_at: Instant;
  when: string;
  venue: string;
  joining_link: string;
  status: MeetingStatus;
  status_words: string;
  method: 'spoken' | 'devices';
  rule: string;
  rule_words: string;
  casting_vote: boolean;
  decides: boolean;
  list_mode: boolean;
  private_deliberation: boolean;
  chair: string;
  other_chair: string;
  both_confirm: boolean;
  paused_at: Instant | null;
  paused_text: string;
  first_on: string;
}

/** What running the meeting takes, for its chairs. */
export interface Chair {
  pace: Pace;
  hand_to: Choice[];
  at_used: string;
  lasts: number;
}

export interface Pace {
  waiting_minutes: number;
  open_minutes: number;
  open_since: Instant | null;
  spent_seconds: number;
  ends_at: Instant;
}

export type NextKind =
  | 'none'
  | 'publish'
  | 'start'
  | 'attend'
  | 'resume'
  | 'open'
  | 'stage'
  | 'propose'
  | 'close_vote'
  | 'decide'
  | 'hand'
  | 'close';

/** The chair's one next step. */
export interface Next {
  kind: NextKind;
  label: string;
  words: string;
  item_id: Uuid | null;
  stage: Stage | '';
  vote_id: Uuid | null;
  missing: number;
}

export interface Seat {
  seat_id: Uuid;
  name: string;
  agency: string;
  office: string;
  standing: string;
  deputy: boolean;
  for: string;
  sitting: boolean;
}

export interface Person {
  person_id: Uuid;
  name: string;
  seats: Seat[];
  present: boolean;
  remote: boolean;
  since: Instant | null;
  left_item: boolean;
  voteless: boolean;
  out: boolean;
}

export interface Quorum {
  quorate: boolean;
  counted: number;
  needed: number;
  missing: string[];
  words: string;
  meeting_quorate: boolean;
  meeting_missing: string[];
  meeting_words: string;
}

export interface ItemLine {
  id: Uuid;
  number: string;
  kind: string;
  title: string;
  reference: string;
  minutes: number;
  progress: Progress;
  outcome: string;
  taken_off: boolean;
  hidden: string;
}

export interface Reason {
  text: string;
  on: Day;
  days_left: number;
  law: string;
}

export interface Share {
  agency_id: Uuid;
  agency: string;
  weekly_pence: number;
  one_off_pence: number;
  annual_pence: number;
  words: string;
  without_prejudice: boolean;
}

/** A usual way to share what is asked for, to the penny. */
export interface Preset {
  name: string;
  text: string;
  split: ShareEntered[];
}

/** The financial year of the meeting, with what this panel's decisions commit in it. */
export interface Year {
  words: string;
  first_on: Day;
  last_on: Day;
  commitments: { agency_id: Uuid; pence: number; own_pence: number }[];
}

export interface FundingRequest {
  id: Uuid;
  need: string;
  owed: string;
  start_on: Day;
  split: Share[];
  weekly_pence: number;
  one_off_pence: number;
  annual_pence: number;
  exposure: string;
  end_on: Day;
  life_on: Day;
  weeks_thousandths: number;
  presets: Preset[];
  year: Year;
}

export interface Interest {
  id: Uuid;
  person_id: Uuid;
  name: string;
  kind: string;
  reason: string;
  extent: Extent | '';
  words: string;
  answer: string;
}

/** A declared interest that waits for the chair's answer, in any item. */
export interface ToAnswer extends Interest {
  item: string;
}

export type Extent = 'left' | 'speak' | 'vote';

export interface OutcomeChoice {
  outcome: Outcome;
  words: string;
  barred: string;
  needs: string[];
}

/** A paper of the item, opened at /papers/{id}. */
export interface Paper {
  id: Uuid;
  name: string;
  late: string;
}

/** What an item asks of a board, with its story at /board/escalations/{id}. */
export interface Asked {
  escalation_id: Uuid;
  due_on: Day;
  settled: string;
  question: string;
  reply: string;
}

export interface Item extends ItemLine {
  stage: Stage;
  opened_at: Instant | null;
  spent_seconds: number;
  reasons: Reason[];
  case_id: Uuid | null;
  age: string;
  views: string;
  objection: string;
  presenter: string;
  led_by: string;
  not_ours: string[];
  request: FundingRequest | null;
  papers: Paper[];
  interests: Interest[];
  earlier_minutes: EarlierMinutes[];
  law: string[];
  outcomes: OutcomeChoice[];
  conflicted: Choice[];
  replaceable: Choice[];
  asked: Asked | null;
  ratifies: Ratifies | null;
}

/** What mends the record of a decision, beside the original. */
export interface Correction {
  wrong: string;
  right: string;
  reason: string;
  by: string;
  at: Instant;
}

/** A decision taken between meetings, which the item puts before this one. */
export interface Ratifies {
  decision_id: Uuid;
  how: string;
  why: string;
  words: string;
  standing: string;
  reasons: string;
  split: Share[];
  corrections: Correction[];
  said: string;
  what_now: string;
}

/** The minutes of an earlier meeting, under the item where they are approved. */
export interface EarlierMinutes {
  meeting_id: Uuid;
  on: string;
  state: 'draft' | 'for_comment' | 'final' | 'approved';
  words: string;
}

export interface Voter {
  seat_id: Uuid;
  ballot_id: Uuid;
  for: string;
  for_id: Uuid;
  name: string;
  deputy: boolean;
  voted: boolean;
  position: Position | '';
  words: string;
  condition: string;
  reason: string;
  carried_from: number;
  recommendation: boolean;
  disputed: boolean;
  record: string;
  absent: string;
}

export interface Vote {
  id: Uuid;
  item_id: Uuid;
  run: number;
  open: boolean;
  proposal: string;
  text: string;
  outcome: Outcome;
  rule: string;
  provisional: boolean;
  split: Share[];
  start_on: Day;
  end_on: Day;
  review_on: Day;
  annual_pence: number;
  exposure: string;
  opened_at: Instant;
  closed_at: Instant | null;
  may: Position[];
  voters: Voter[];
  voted: number;
  of: number;
  result: string;
  carried: boolean;
  tied: boolean;
  earlier: Vote[];
}

/** The items nobody contests, decided together. */
export interface Consent {
  items: { item_id: Uuid; number: string; title: string; reference: string; proposal: string; shares: string; reasons: string }[];
  off: { item_id: Uuid; number: string; by: string; reason: string }[];
  voters: { for: string; for_id: Uuid; seat_id: Uuid; name: string; deputy: boolean; share: string; agreed: boolean; absent: string }[];
  agreed: number;
  barred: string;
  may_put: Choice[];
}

export interface MyConsent {
  seat_id: Uuid;
  for: string;
  share: string;
  agreed: boolean;
  barred: string;
}

export interface Condition {
  id: Uuid;
  text: string;
  evidence_due: Day;
  owner: string;
  asked_by: string;
  state: 'waiting' | 'given' | 'asked_again' | 'met';
  words: string;
  evidence: Evidence[];
}

/** What was recorded to show that a condition is met, and what was said of it. */
export interface Evidence {
  id: Uuid;
  text: string;
  paper_id: Uuid | null;
  paper: string;
  by: string;
  at: Instant;
  judgement: string;
}

export interface ConditionEntered {
  text: string;
  evidence_due: Day;
  owner_id: Uuid;
  asked_by_id?: Uuid;
}

export interface Decision {
  id: Uuid;
  item_id: Uuid;
  outcome: Outcome;
  words: string;
  standing: string;
  reasons: string;
  split: Share[];
  conditions: Condition[];
  start_on: Day;
  review_on: Day;
  facts: { name: string; text: string }[];
  confirmed_by: string;
  confirmed_at: Instant;
  corrections: Correction[];
  needs: Need[];
  bound_at: Instant | null;
  replaces: OtherDecision | null;
  replaced_by: OtherDecision | null;
}

/** One agency's yes that a decision waits for, or got. */
export interface Need {
  kind: 'endorsement' | 'authorisation';
  agency_id: Uuid;
  agency: string;
  why: string;
  words: string;
  answered: boolean;
  agreed: boolean;
  nobody: boolean;
}

export interface OtherDecision {
  id: Uuid;
  words: string;
  bound: boolean;
}

/** A decision one chair has confirmed, which the other has still to confirm. */
export interface Awaiting extends Decision {
  waits_for: string;
}

export interface Note {
  id: Uuid;
  item_id: Uuid;
  version: number;
  text: string;
  author: string;
  at: Instant;
}

/** Who writes the notes of an item, and who has asked to take over. */
export interface Pen {
  item_id: Uuid;
  person_id: Uuid;
  name: string;
  asked_by: Uuid | null;
  asker: string;
  rests_at: Instant;
  passes_at: Instant;
}

export interface Action {
  id: Uuid;
  item_id: Uuid | null;
  owner: string;
  owner_ids: Uuid[];
  agency: string;
  due_on: Day;
  text: string;
  done: boolean;
  done_text: string;
}

/** An action of an earlier meeting, as this one takes it up. */
export interface Arising {
  id: Uuid;
  owner: string;
  owner_ids: Uuid[];
  agency: string;
  due_on: Day;
  late: number;
  text: string;
  reference: string;
  from: string;
  latest: string;
  done: boolean;
  heard: string;
}

export interface ListRow {
  item_id: Uuid;
  number: string;
  name: string;
  reference: string;
  age: string;
  reasons: Reason[];
  worker: string;
  rag: string;
  next_step: string;
  discussed: boolean;
  open: boolean;
  referred: string[];
  actions: number;
  views: string;
  hidden: string;
}

export interface Choice {
  id: Uuid;
  text: string;
}

export interface Choices {
  agencies: Choice[];
  funders: Choice[];
  owners: Choice[];
  people: Choice[];
  forums: Choice[];
  meetings: Choice[];
  cannot_endorse: Uuid[];
}

export interface MyPosition {
  vote_id: Uuid;
  seat_id: Uuid;
  for: string;
  share: Share | null;
  effect: string;
  may: Position[];
  barred: string;
  ballot_id: Uuid;
  position: Position | '';
  condition: string;
  reason: string;
  recorded_at: Instant | null;
  recommendation: boolean;
  limit: string;
  by: string;
}

/** A position that somebody wrote down for this person, to be confirmed or disputed. */
export interface Written {
  ballot_id: Uuid;
  item_id: Uuid;
  number: string;
  for: string;
  words: string;
  condition: string;
  reason: string;
  by: string;
  at: Instant;
  until: Day;
}

export interface Me {
  person_id: Uuid;
  name: string;
  chair: boolean;
  clerk: boolean;
  observing: boolean;
  present: boolean;
  remote: boolean;
  positions: MyPosition[];
  interests: Interest[];
  presents: Uuid[];
  in_chair: boolean;
  next: Next | null;
  family: boolean;
  leads: boolean;
  guest: boolean;
  answers: ToAnswer[];
  objects: boolean;
  consents: MyConsent[];
  confirms: boolean;
  sends_back: boolean;
  written: Written[];
}

/** The meeting as one viewer may see it. */
export interface View {
  meeting: Meeting;
  chair: Chair | null;
  people: Person[];
  quorum: Quorum;
  items: ItemLine[];
  item: Item | null;
  vote: Vote | null;
  consent: Consent | null;
  decision: Decision | null;
  awaiting: Awaiting | null;
  notes: Note[];
  writing: Pen[];
  actions: Action[];
  arising: Arising[];
  list: ListRow[];
  choices: Choices;
  me: Me;
}

export interface Frame {
  type: 'frame';
  seq: number;
  says: string;
  whole: boolean;
  catching_up: boolean;
  sections: Partial<View>;
}

export interface FieldProblem {
  name: string;
  sentence: string;
}

export interface Problem {
  kind: string;
  sentence: string;
  fields: FieldProblem[];
}

export interface Reply {
  type: 'reply';
  id: Uuid;
  seq?: number;
  error?: Problem;
}

export interface Beat {
  type: 'beat';
  now: Instant;
}

export type ByeReason = 'restart' | 'slow' | 'signed_out' | 'denied' | 'cancelled' | 'unreadable';

export interface Bye {
  type: 'bye';
  reason: ByeReason;
  sentence: string;
  retry_ms: number;
}

export type ServerMessage = Frame | Reply | Beat | Bye;

/** What each command carries. Names and rules: server/live/README.md. */
export interface Commands {
  'meeting.start': Record<string, never>;
  'meeting.pause': { text: string };
  'meeting.resume': Record<string, never>;
  'meeting.adjourn': { reason: string; on: Day; at: string; minutes: number };
  'meeting.close': Record<string, never>;
  'attendance.record': { person_id?: Uuid; present: boolean; remote: boolean; seat_id?: Uuid };
  'interest.declare': { item_id: Uuid; person_id?: Uuid; kind: string; reason: string };
  'interest.withdraw': { interest_id: Uuid; reason: string };
  'interest.answer': { interest_id: Uuid; extent: Extent | ''; reason: string };
  'authoriser.name': { item_id: Uuid; agency_id: Uuid; person_id: Uuid };
  'item.open': { item_id: Uuid };
  'item.stage': { item_id: Uuid; stage: Stage };
  'item.finish': { item_id: Uuid };
  'item.pass': { item_id: Uuid; reason: string };
  'vote.open': {
    item_id: Uuid;
    outcome: Outcome;
    text: string;
    split: ShareEntered[];
    start_on: Day;
    end_on: Day;
    review_on: Day;
    provisional: boolean;
  };
  'consent.put': { item_id: Uuid; reasons: string };
  'consent.object': { item_id: Uuid; reason: string };
  'consent.agree': { seat_id: Uuid; agreed: boolean };
  'consent.decide': Record<string, never>;
  'ballot.cast': { vote_id: Uuid; seat_id: Uuid; position: Position; condition: string; reason: string };
  'position.record': { vote_id: Uuid; seat_id: Uuid; position: Position; condition: string; reason: string };
  'position.confirm': { ballot_id: Uuid; disputed: boolean; text: string };
  'vote.close': { vote_id: Uuid };
  'decision.confirm': DecisionEntered;
  'decision.second': { decision_id: Uuid };
  'decision.return': { decision_id: Uuid; reason: string };
  'chair.take': Record<string, never>;
  'chair.hand': { person_id: Uuid };
  'between.stop': { reason: string };
  'decision.ratify': { item_id: Uuid; decision_id: Uuid; ratified: boolean; reason: string };
  'decision.correct': { decision_id: Uuid; wrong: string; right: string; reason: string };
  'decision.endorse': { decision_id: Uuid; agency_id: Uuid; agreed: boolean; reason: string };
  'decision.authorise': { decision_id: Uuid; agency_id: Uuid; agreed: boolean; reason: string };
  'condition.show': { condition_id: Uuid; text: string; paper_id?: Uuid };
  'condition.judge': { condition_id: Uuid; evidence_id: Uuid; accepted: boolean; reason: string; due_on: Day };
  'note.write': { note_id: Uuid; item_id: Uuid; base_version: number; text: string };
  'note.take': { item_id: Uuid };
  'note.handover': { item_id: Uuid };
  'minutes.approve': { item_id: Uuid; minutes_of: Uuid; corrections: string };
  'action.raise': ActionEntered;
  'action.complete': { action_id: Uuid; text: string };
  'action.note': { action_id: Uuid; text: string };
  'action.carry': { action_id: Uuid; text: string };
  'action.extend': { action_id: Uuid; due_on: Day; text: string };
  'action.reopen': { action_id: Uuid; due_on: Day; text: string };
  'list.update': {
    item_id: Uuid;
    worker?: string;
    rag?: string;
    next_step?: string;
    discussed: boolean;
    action?: ActionEntered;
    refer?: { forum_id: Uuid; reason: string };
    next: boolean;
  };
}

export interface ShareEntered {
  agency_id: Uuid;
  weekly_pence: number;
  one_off_pence: number;
  without_prejudice?: boolean;
}

export interface ActionEntered {
  item_id?: Uuid;
  owner_id: Uuid;
  also_ids?: Uuid[];
  agency_id?: Uuid;
  due_on: Day;
  text: string;
}

export interface DecisionEntered {
  item_id: Uuid;
  vote_id?: Uuid;
  outcome: Outcome;
  reasons: string;
  conditions: ConditionEntered[];
  split: ShareEntered[];
  start_on: Day;
  end_on: Day;
  review_on: Day;
  meanwhile: string;
  challenge: string;
  missing: string;
  direction: string;
  owner_id?: Uuid;
  act_by: Day;
  next_forum_id?: Uuid;
  next_meeting_id?: Uuid;
  what_next: string;
  casting_vote: Position | '';
  endorsed_by_id?: Uuid;
  assessor_present: boolean;
  replaces_id?: Uuid;
}

export type CommandType = keyof Commands;

export interface CommandMessage<C extends CommandType = CommandType> {
  type: 'command';
  id: Uuid;
  command: C;
  data: Commands[C];
}

/**
 * Whether a command may wait for the line and be sent again by itself. Consent
 * must not be stale: a vote, a position or a confirmation is asked for again.
 */
export function mayBeSentAgain(command: CommandType): boolean {
  return !/^(vote|consent|ballot|position|decision|minutes)\./.test(command);
}

/**
 * Whether a command waits for the line, on this device, until it is acknowledged: what was typed of
 * actions and of the names of a list. A note keeps itself (Notes.svelte): its latest words are sent.
 */
export function mayWait(command: CommandType): boolean {
  return command.startsWith('action.') || command === 'list.update';
}

/** A command that waited, as it is sent: what was typed counts, and turning to the next name no longer does. */
export function afterWaiting(message: CommandMessage): CommandMessage {
  if (message.command !== 'list.update') return message;
  return { ...message, data: { ...(message.data as Commands['list.update']), next: false } };
}

export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

/** Reads one message; what is not one of ours is null, and is ignored. */
export function readMessage(text: string): ServerMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  return isServerMessage(message) ? message : null;
}

export function isServerMessage(message: unknown): message is ServerMessage {
  if (typeof message !== 'object' || message === null) return false;
  switch ((message as { type?: unknown }).type) {
    case 'frame':
    case 'reply':
    case 'beat':
    case 'bye':
      return true;
    default:
      return false;
  }
}

/** The view after a frame: each section replaces the one of its name as a whole. */
export function applied(view: View, frame: Frame): View {
  return frame.whole ? ({ ...frame.sections } as View) : { ...view, ...frame.sections };
}
