import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDirectory } from './state.store';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usv-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that holds the lock, and leaves it when it is told to or killed. */
async function holder(): Promise<ChildProcess> {
  const script = `const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]); database.exec('begin exclusive');
    process.on('SIGTERM', () => setTimeout(() => process.exit(0), 700)); setInterval(() => undefined, 1000); console.log('held');`;
  const child = spawn(process.execPath, ['-e', script, join(folder, 'run.lock')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

const lock = (waitMs: number) => new StateDirectory(folder).lock({ waitMs, announce: () => undefined });

describe('the lock of a data directory', () => {
  it("is one process's at a time, and names whoever has it", async () => {
    await holder();
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ pid: 4711 }));
    await expect(lock(100)).rejects.toThrow(/in use by process 4711.*set DATA_DIR/s);
  });

  it('is waited for while a predecessor goes', async () => {
    const going = await holder();
    const gone = once(going, 'exit');
    going.kill('SIGTERM');
    const state = new StateDirectory(folder);
    await state.lock({ waitMs: 20_000, announce: () => undefined });
    expect(await gone).toEqual([0, null]);
    state.unlock();
  });

  it('ends with a process that is killed, and whatever process has its id by now is nobody', async () => {
    const killed = await holder();
    // As in a container, where the next start has the id of the one before.
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ pid: process.ppid }));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const state = new StateDirectory(folder);
    await state.lock({ waitMs: 0, announce: () => undefined });
    state.unlock();
  });

  it('says which folder cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => new StateDirectory(join(folder, 'file', 'data'))).toThrow(/DATA_DIR: .*file.data cannot be written/);
  });
});
