/**
 * What `submit` and `overhead` are measured against: the same framework on the same adapter, doing almost nothing.
 * `POST /constant` answers a constant; `POST /insert` does one bare INSERT … RETURNING and commit per request through `pg`;
 * `POST /echo` answers and sends a signed webhook at once. Started as a process of its own, like the platform.
 */
import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import pg from 'pg';

class BaselineModule {}
Reflect.defineMetadata('controllers', [], BaselineModule);

async function main(): Promise<void> {
  const [port, databaseUrl] = [Number(process.argv[2]), process.argv[3]!];
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });
  await pool.query(
    'create table if not exists submission (id bigint generated always as identity primary key, body jsonb not null, at timestamptz not null default now())',
  );
  const adapter = new FastifyAdapter({ logger: false });
  const app = await NestFactory.create(BaselineModule as never, adapter as never, { logger: false });
  const server = adapter.getInstance();
  server.post('/constant', async (_request, reply) => reply.code(202).send({ id: 'job_constant', status: 'pending' }));
  server.post('/insert', async (request, reply) => {
    const { rows } = await pool.query<{ id: string }>({
      name: 'insert',
      text: 'insert into submission (body) values ($1) returning id',
      values: [request.body],
    });
    return reply.code(202).send({ id: rows[0]!.id, status: 'pending' });
  });
  server.post('/echo', async (request, reply) => {
    const body = JSON.stringify({ event: 'echo', id: (request.body as { id: string }).id });
    const signature = createHmac('sha256', 'secret').update(body).digest('hex');
    void fetch((request.body as { webhook_url: string }).webhook_url, {
      method: 'POST',
      body,
      headers: { 'x-signature': signature, 'content-type': 'application/json' },
    });
    return reply.code(202).send({ status: 'pending' });
  });
  await app.listen(port, '127.0.0.1');
  console.log('serving');
  process.once('SIGTERM', () => void app.close().then(() => pool.end()));
}

void main();
