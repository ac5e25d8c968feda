import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive, sendSignal } from './processes';

it('sends a signal to a process, and nothing to one that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const exited = once(child, 'exit');
  expect(isAlive(child.pid!)).toBe(true);
  sendSignal(child.pid!, 'SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(isAlive(child.pid!)).toBe(false);
  expect(() => sendSignal(child.pid!, 'SIGINT')).not.toThrow();
});
