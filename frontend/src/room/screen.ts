// Starts the big screen on the page the server rendered. It follows the meeting over the same line as the
// room, as a viewer who is shown no names and who can do nothing.
import { flushSync, mount } from 'svelte';
import { Connection, type Line } from './connection';
import { Outbox } from './outbox';
import { applied, isServerMessage, type Frame, type View } from './protocol';
import ScreenPage from './Screen.svelte';
import { Screen } from './screen.svelte';

function start(target: HTMLElement): void {
  const embedded = document.getElementById('room-view');
  const first: unknown = JSON.parse(embedded?.textContent ?? 'null');
  const { meeting, now } = target.dataset;
  if (!isServerMessage(first) || first.type !== 'frame' || !meeting) return;

  const screen = new Screen(first.sections as View);
  const listener = {
    frame: (frame: Frame) => (screen.view = applied(screen.view, frame)),
    lineChanged: (line: Line, words: string) => screen.lineIs(line, words),
    waitingChanged: () => undefined,
    answeredLate: () => undefined,
    clock: (serverNow: Date) => screen.clock(serverNow),
  };
  const connection = new Connection(`/live/meetings/${meeting}/screen`, first.seq, new Outbox(sessionStorage, 'screen', meeting), listener);
  screen.clock(new Date(now ?? Date.now()));

  const live = document.createElement('div');
  mount(ScreenPage, { target: live, props: { screen } });
  flushSync();
  target.replaceChildren(live);

  addEventListener('online', () => connection.networkChanged());
  addEventListener('offline', () => connection.networkChanged());
  document.addEventListener('visibilitychange', () => connection.visibilityChanged());
  addEventListener('pagehide', () => connection.stop());
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  setInterval(() => screen.tick(), 1_000);
  connection.start();
}

const target = document.getElementById('screen');
if (target) start(target);
