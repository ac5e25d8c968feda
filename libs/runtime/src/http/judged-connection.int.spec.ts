import http from 'node:http';
import { httpReceiver } from '@usvideo/testing';
import { JudgedConnector } from './judged-connection';

/** Whatever stood between the question and the connection: the address that was reached is judged by itself. */
test('an address that was allowed when asked for and is refused once connected is sent nothing', async () => {
  const receiver = await httpReceiver();
  const judged: (readonly string[])[] = [];
  const connector = new JudgedConnector(
    {
      resolve: async () => ['127.0.0.1'],
      refusedByProxy: () => new Error('there is no proxy'),
      refusalOf: (addresses) => {
        judged.push(addresses);
        return judged.length === 1 ? undefined : new Error('refused once connected');
      },
    },
    undefined,
  );
  const request = http.request(`http://customer.example:${new URL(receiver.url).port}/`, {
    method: 'POST',
    agent: connector.agents['http:'],
  });
  const outcome = new Promise((resolve) => {
    request.once('error', resolve).once('response', resolve);
  });
  request.end('secret');
  expect(await outcome).toMatchObject({ message: 'refused once connected' });
  expect(judged).toEqual([['127.0.0.1'], ['127.0.0.1']]);
  expect(receiver.requests).toHaveLength(0);
  connector.stop();
  await receiver.stop();
});
