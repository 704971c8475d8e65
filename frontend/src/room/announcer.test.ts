import { expect, it } from 'vitest';
import { Announcer } from './announcer';
import { FakeWorld } from './testing';

function voice() {
  const world = new FakeWorld();
  const [status, alert] = [document.createElement('div'), document.createElement('div')];
  return { world, status, alert, announcer: new Announcer(status, alert, (ms, then) => void world.later(ms, then)) };
}

it('says what comes close together at once, and at most every three seconds', () => {
  const { world, status, announcer } = voice();
  announcer.say('1 of 3 agencies have voted');
  expect(status.textContent).toBe('1 of 3 agencies have voted');
  announcer.say('2 of 3 agencies have voted');
  announcer.say('Sam Reed is here');
  announcer.say('Sam Reed is here');
  world.passes(2_999);
  expect(status.textContent).toBe('1 of 3 agencies have voted');
  world.passes(1);
  expect(status.textContent).toBe('2 of 3 agencies have voted. Sam Reed is here');
});

it('interrupts only for an alert', () => {
  const { status, alert, announcer } = voice();
  announcer.alert('Voting has closed');
  expect(alert.textContent).toBe('Voting has closed');
  expect(status.textContent).toBe('');
});
