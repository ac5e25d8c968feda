export { fakeClock, type FakeClock } from './clock';
export { eventually, type Deadline } from './eventually';
export { freePort, HttpReceiver, httpReceiver, type ReceivedRequest } from './http-receiver';
export { postgres, type TestPostgres } from './postgres';
export { Signal } from './signal';
export { startTestServer } from './test-server';
export { TcpProxy, type Tap } from './tcp-proxy';
