import { createLogger } from '../log/logger';
import { startOperationsServer, type Readiness } from './operations-server';

const logger = createLogger('test', 'silent');

describe('the operations server', () => {
  let ready: () => Promise<Readiness> = async () => ({ needs: {} });
  let server: Awaited<ReturnType<typeof startOperationsServer>>;
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  beforeAll(async () => {
    server = await startOperationsServer({ port: 0, host: '127.0.0.1', ready: () => ready(), logger });
  });
  afterAll(() => server.stop());

  it('is healthy while it runs', async () => {
    expect((await get('/healthz')).status).toBe(200);
  });

  it('is ready when every part that it needs is, and says which is not', async () => {
    ready = async () => ({ needs: { database: true } });
    expect((await get('/readyz')).status).toBe(200);
    ready = async () => ({ needs: { database: true, ledger: false } });
    const answer = await get('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, parts: { database: true, ledger: false } });
  });

  it('is ready without a part that it merely uses, and shows its absence', async () => {
    ready = async () => ({ needs: { database: true }, uses: { kafka: false } });
    const answer = await get('/readyz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ready: true, parts: { database: true, kafka: false } });
  });

  it('fails a check that throws and goes on', async () => {
    ready = () => Promise.reject(new Error('no'));
    expect((await get('/readyz')).status).toBe(500);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('shows the metrics to Prometheus', async () => {
    const answer = await get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('# TYPE usvideo_loop_errors_total counter');
  });

  it('knows nothing else', async () => {
    expect((await get('/')).status).toBe(404);
  });

  it('says that its port is taken, and stops twice', async () => {
    const again = { port: server.port, host: '127.0.0.1', ready, logger };
    await expect(startOperationsServer(again)).rejects.toThrow('EADDRINUSE');
    await Promise.all([server.stop(), server.stop()]);
  });
});
