// What the positions are called, and what each asks of whoever gives it.
import type { Position } from './protocol';

interface Words {
  text: string; // to choose it
  said: string; // of somebody who chose it
  hint: string;
}

const agree = { text: 'Agree', said: 'Agrees' };
const conditional = { text: 'Agree with conditions', said: 'Agrees with conditions', hint: 'Your conditions bind the decision' };
const not = { text: 'Do not agree', said: 'Does not agree', hint: '' };

export const positions: Record<Position, Words> = {
  consent: { ...agree, hint: 'Your agency pays its own share' },
  consent_if: conditional,
  refuse: not,
  for: { ...agree, hint: '' },
  for_if: conditional,
  against: not,
  abstain: { text: 'Abstain', said: 'Abstains', hint: 'Abstaining is not consent' },
};

export const isConditional = (position: Position | ''): boolean => position === 'consent_if' || position === 'for_if';

/** Only agreement without conditions stands without a reason. */
export const needsReason = (position: Position | ''): boolean => position !== '' && position !== 'consent' && position !== 'for';
