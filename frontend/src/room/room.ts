// Starts the live meeting on the page the server rendered. Until then, and
// without script, that page works by itself.
import { flushSync, mount } from 'svelte';
import { Announcer } from './announcer';
import { browser } from './connection';
import { Outbox } from './outbox';
import { isServerMessage } from './protocol';
import { Room } from './room.svelte';
import RoomPage from './Room.svelte';

function start(target: HTMLElement): void {
  const embedded = document.getElementById('room-view');
  const first: unknown = JSON.parse(embedded?.textContent ?? 'null');
  const status = document.getElementById('live-status');
  const alert = document.getElementById('live-alert');
  const { meeting, now, demo } = target.dataset;
  if (!isServerMessage(first) || first.type !== 'frame' || !first.sections.me || !meeting || !status || !alert) return;

  const outbox = new Outbox(localStorage, first.sections.me.person_id, meeting);
  const room = new Room(`/live/meetings/${meeting}`, first, outbox, new Announcer(status, alert), browser, demo !== undefined);
  room.clock(new Date(now ?? Date.now()));

  const live = document.createElement('div');
  mount(RoomPage, { target: live, props: { room } });
  flushSync();
  embedded?.remove(); // what a person later leaves must not stay in their page
  target.replaceChildren(live); // at once: nobody sees the page without its content

  addEventListener('online', () => room.networkChanged());
  addEventListener('offline', () => room.networkChanged());
  document.addEventListener('visibilitychange', () => room.visibilityChanged());
  addEventListener('pagehide', () => room.stop());
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload(); // from the browser's own cache: the meeting has moved on
  });
  room.start();
}

const target = document.getElementById('room');
if (target) start(target);
