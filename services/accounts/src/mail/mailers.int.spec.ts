import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { mailerConformance } from './mailer.conformance';
import { openMailer } from './open-mailer.client';

const FROM = 'US Video API <no-reply@example.com>';

mailerConformance('into a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-'));
  const mailer = openMailer(`file:${join(folder, 'letters')}`, FROM);
  return {
    mailer,
    arrived: async () =>
      readdirSync(join(folder, 'letters'))
        .sort()
        .map((file) => readFileSync(join(folder, 'letters', file), 'utf8')),
    break: async () => writeFileSync(join(folder, 'letters'), 'not a folder'),
    close: async () => {
      await mailer.stop();
      rmSync(folder, { recursive: true });
    },
  };
});

mailerConformance('by SMTP', async () => {
  const messages: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      done(username === 'user' && password === 'secret' ? null : new Error('refused'), { user: username ?? '' }),
    onData: (stream, _session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        messages.push(Buffer.concat(parts).toString('utf8').replaceAll('\r\n', '\n'));
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = once(server.listen(0, '127.0.0.1'), 'listening');
  await listening;
  const mailer = openMailer(`smtp://user:secret@127.0.0.1:${(server.server.address() as AddressInfo).port}`, FROM);
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    mailer,
    arrived: async () => messages,
    break: stop,
    close: async () => {
      await mailer.stop();
      await stop();
    },
  };
});
