import { pino } from 'pino';
import { appendEvents, EMPTY_HEAD, eventStoreSchema, inTransaction, openDatabase } from '@usvideo/event-store';
import { eventually, postgres } from '@usvideo/testing';
import { LocalTransport } from './local-transport';

test('a committed event reaches a subscriber', async () => {
  const server = await postgres();
  const open = async (n: string) => { const d = openDatabase({ url: await server.createDatabase(n), poolSize: 4, applicationName: n }, () => undefined); await d.query(eventStoreSchema); return d; };
  const a = await open('pub'); const b = await open('sub');
  const t = new LocalTransport({ logger: pino() });
  const seen: string[] = [];
  const p = t.publish({ topic: 't', database: a });
  const s = t.subscribe({ consumer: 'c', topic: 't', database: b, handle: async (e) => { seen.push(`${e.streamId}:${e.version}`); } });
  await inTransaction(a, (tx, now) => appendEvents(tx, now, [{ streamId: 's', accountId: 'a', environment: 'live', head: EMPTY_HEAD, events: [1, 2, 3].map(() => ({ kind: 'k', payload: Buffer.from('x'), traceparent: '' })) }]));
  p.nudge();
  await eventually(() => seen.length === 3, { what: 'three events' });
  expect(seen).toEqual(['s:1', 's:2', 's:3']);
  await s.stop(); await s.stop(); await p.stop();
  await a.end(); await b.end();
});
