import { EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root, service, tool } from './run.mjs';

const SETTLED_MS = 300;

/** A build that fails is shown, and leaves serving what was built before. */
export async function dev() {
  const changed = new EventEmitter();
  for (const group of ['libs', 'services']) {
    watch(join(root, group), { recursive: true }, (_, file) => {
      if (/^[^/]+\/src\/.*(?<!\.spec)\.ts$/.test(file ?? '')) changed.emit('file', file);
    });
  }
  for (;;) {
    const stopping = new AbortController();
    const serving = service('main', ['--stop-with-parent'], stopping.signal);
    const change = once(changed, 'file', { signal: stopping.signal }).catch(() => undefined);
    const ended = await Promise.race([serving, change.then(() => undefined)]);
    if (ended !== undefined) return ended;
    await buildAgain(changed);
    stopping.abort();
    await serving;
  }
}

/** Editors write several files at a time, so that it waits for a moment without any. */
async function buildAgain(changed) {
  for (let built = false; !built;) {
    while (await Promise.race([once(changed, 'file').then(() => true), delay(SETTLED_MS, false)]));
    built = (await tool('nx', ['run-many', '-t', 'build', '--output-style=static'])) === 0;
    if (!built) await once(changed, 'file');
  }
}
