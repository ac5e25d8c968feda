import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '@usvideo/testing';

/** All whom the services ask by themselves; customers' URLs have a client of their own, with a proxy of its own. */
const PARTIES = ['bucket', 'collector', 'engine', 'identity', 'mail', 'payments', 'tokens'];
const ASKED_WITHIN_MS = 240_000;
const TIMEOUT_MS = ASKED_WITHIN_MS + 20_000;
const schemeOf = (party: string) => (party === 'mail' ? 'smtps' : 'https');
const portOf = (server: Server | TlsServer) => (server.address() as AddressInfo).port;

function ask(addresses: Record<string, string>, environment: Record<string, string>): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    ADDRESSES: JSON.stringify(addresses),
    ...environment,
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(__dirname, 'ask.mjs')], { env, timeout: ASKED_WITHIN_MS }, (error, _, stderr) =>
      error === null ? resolve() : reject(new Error(stderr || error.message)),
    );
  });
}

describe('whatever the services ask outside', () => {
  it(
    'goes through the proxy of the environment',
    async () => {
      const asked = new Set<string>();
      const proxy = createHttpServer().on('connect', ({ url }, socket) => {
        asked.add(url!);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const url = `http://127.0.0.1:${portOf(proxy)}`;
      await ask(Object.fromEntries(PARTIES.map((party) => [party, `${schemeOf(party)}://${party}.invalid:8443`])), {
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: url,
        HTTP_PROXY: url,
        NO_PROXY: 'localhost',
        MAIL_PROXY: url,
      });
      proxy.close();
      expect([...asked].sort()).toEqual(PARTIES.map((party) => `${party}.invalid:8443`));
    },
    TIMEOUT_MS,
  );

  it.each([
    ['believes', true],
    ['does not believe', false],
  ])(
    '%s servers of an authority of our own, which NODE_EXTRA_CA_CERTS names or not',
    async (_, isNamed) => {
      const { key, certificate } = await selfSignedCertificate();
      const folder = mkdtempSync(join(tmpdir(), 'usv-egress-'));
      const authority = join(folder, 'ca.crt');
      writeFileSync(authority, certificate);
      const reached = new Set<string>();
      const servers = await Promise.all(
        PARTIES.map(async (party) => {
          // A client that does not believe the certificate says so before it sends a byte.
          const server = createTlsServer({ key, cert: certificate }, (socket) => {
            socket.on('error', () => undefined);
            if (party === 'mail') socket.write('220 mail.example.com ESMTP\r\n');
            socket.once('data', () => {
              reached.add(party);
              socket.destroy();
            });
          }).on('tlsClientError', () => undefined);
          server.listen(0, '127.0.0.1');
          await once(server, 'listening');
          return [party, server] as const;
        }),
      );
      await ask(
        Object.fromEntries(
          servers.map(([party, server]) => [party, `${schemeOf(party)}://127.0.0.1:${portOf(server)}`]),
        ),
        isNamed ? { NODE_EXTRA_CA_CERTS: authority } : {},
      );
      for (const [, server] of servers) server.close();
      rmSync(folder, { recursive: true });
      expect([...reached].sort()).toEqual(isNamed ? PARTIES : []);
    },
    TIMEOUT_MS,
  );
});
