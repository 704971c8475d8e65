// Starts the product as `make demo` does, in a folder of its own, for one test file.
//
//   const product = await startProduct();
//   const chair = await signedIn(browser, product, 'Chair of MAPaC');
//   await product.stop();
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHTTPServer, request } from 'node:http';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newPerson } from './browser.mjs';

const program = fileURLToPath(new URL('../../bin/quorate', import.meta.url));

/** A port nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, 'localhost', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts the demo and waits until it answers. clock is the instant it starts at, Europe/London.
 * product.kill() ends it as a power cut would, product.end() as an administrator would; product.start()
 * starts it again on the same data, weeks later if it is told so.
 */
export async function startProduct({ clock = '2026-11-24T09:50' } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'q-e2e-'));
  await chmod(folder, 0o711); // run by root, Postgres is another user and must get in
  const port = await freePort();
  const product = { url: `http://localhost:${port}`, folder, output: '', process: undefined };

  product.start = async (at = clock) => {
    const child = spawn(program, ['demo', '--keep', '--addr', `localhost:${port}`], {
      env: { ...process.env, QUORATE_DATA_DIR: folder, QUORATE_CLOCK: at, QUORATE_BASE_URL: product.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    product.process = child;
    const keep = (text) => (product.output = (product.output + text).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.exited = new Promise((resolve) => child.once('exit', resolve));
    await answers(product);
  };
  const end = async (signal) => {
    if (product.process.exitCode === null && product.process.signalCode === null) product.process.kill(signal);
    await product.process.exited;
  };
  product.kill = () => end('SIGKILL');
  product.end = () => end('SIGTERM');
  product.stop = async () => {
    await end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  await product.start();
  return product;
}

/**
 * A line of somebody's own to the product: a proxy for newPerson's options, which can be cut, can go silent
 * without a word to either side, and can treat sockets as some offices' networks do.
 *
 *   const line = await startLine();
 *   const clerk = await signedIn(browser, product, 'Clerk', { proxy: line.proxy });
 *   line.cut(); … line.mend();
 *   line.freeze(); … line.thaw();   // half-open: nothing is closed, and nothing comes
 *   line.sockets = 'refused';       // or 'die' a second after they open; 'allowed'
 */
export async function startLine() {
  const open = new Set();
  const tunnels = new Set();
  let whole = true;
  let held = null; // while frozen: what waits to go on its way
  const line = { sockets: 'allowed' };
  const keep = (socket) => {
    if (open.has(socket)) return;
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const goOn = (what) => (held ? held.push(what) : what());
  const carry = (from, to) => {
    from.on('data', (chunk) => goOn(() => to.writable && to.write(chunk)));
    from.on('end', () => goOn(() => to.end()));
  };
  const server = createHTTPServer((asked, answer) => {
    const { hostname, port, pathname, search } = new URL(asked.url);
    goOn(() => {
      const onward = request({ hostname, port, path: pathname + search, method: asked.method, headers: asked.headers }, (response) => {
        goOn(() => answer.writeHead(response.statusCode, response.rawHeaders));
        carry(response, answer);
      });
      onward.on('error', () => answer.destroy());
      onward.on('socket', keep);
      answer.on('close', () => onward.destroy());
      asked.pipe(onward);
    });
  });
  // Chromium sends pages and forms as they are, and asks for a tunnel for each socket.
  server.on('connect', (asked, near, head) => {
    keep(near);
    if (line.sockets === 'refused') {
      near.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const [host, port] = asked.url.split(':');
    const far = connect(Number(port), host, () => {
      goOn(() => near.write('HTTP/1.1 200 OK\r\n\r\n'));
      far.write(head);
      carry(far, near);
      carry(near, far);
      if (line.sockets === 'die') setTimeout(() => near.destroy(), 1_000).unref();
    });
    tunnels.add(near);
    far.on('close', () => near.destroy());
    near.on('close', () => {
      tunnels.delete(near);
      far.destroy();
    });
    keep(far);
  });
  server.on('connection', (socket) => {
    if (whole) keep(socket);
    else socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(line, {
    proxy: { server: `http://127.0.0.1:${server.address().port}`, bypass: '<-loopback>' },
    cut: () => {
      whole = false;
      for (const socket of open) socket.destroy();
    },
    mend: () => (whole = true),
    freeze: () => (held ??= []),
    thaw: () => {
      const waiting = held ?? [];
      held = null;
      for (const what of waiting) what();
    },
    tunnels: () => tunnels.size, // sockets that are open through it
    end: () => {
      line.cut();
      return new Promise((resolve) => server.close(resolve));
    },
  });
}

async function answers(product) {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (product.process.exitCode !== null) break;
    const ready = await fetch(`${product.url}/readyz`).then((r) => r.ok, () => false);
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the product did not start:\n${product.output}`);
}

/** Someone signed in by the card of that role, in a browser of their own. */
export async function signedIn(browser, product, role, options = {}) {
  const person = await newPerson(browser, role, { url: product.url, ...options });
  await person.page.goto('/sign-in');
  const card = person.page.locator('.q-card', { has: person.page.getByRole('heading', { name: role, exact: true }) });
  await card.getByRole('button').click();
  await person.page.getByRole('heading', { level: 1, name: /^Hello/ }).waitFor();
  return person;
}
