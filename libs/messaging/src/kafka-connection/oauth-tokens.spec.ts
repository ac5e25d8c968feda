import { httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { oauthTokens } from './oauth-tokens';

let idp: HttpReceiver;
let nowMs = 0;
beforeEach(async () => {
  idp = await httpReceiver();
});
afterEach(() => idp.stop());

const tokens = () =>
  oauthTokens({ url: idp.url, clientId: 'video', clientSecret: 's:cret', scope: 'kafka' }, () => nowMs);
const answer = (body: object, status = 200) =>
  idp.answerWith((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

describe('tokens of OAuth', () => {
  it("are asked for with the client's credentials, once while they count", async () => {
    answer({ access_token: 'one', expires_in: 100 });
    const token = tokens();
    expect(await Promise.all([token(), token()])).toEqual(['one', 'one']);
    expect(idp.requests).toHaveLength(1);
    expect(idp.requests[0]!.headers.authorization).toBe(`Basic ${Buffer.from('video:s%3Acret').toString('base64')}`);
    expect(idp.requests[0]!.body.toString()).toBe('grant_type=client_credentials&scope=kafka');
    nowMs += 79_000;
    await token();
    expect(idp.requests).toHaveLength(1);
    nowMs += 2_000;
    answer({ access_token: 'two', expires_in: 100 });
    expect(await token()).toBe('two');
  });

  it('that are refused, or are none, say so and are asked for again', async () => {
    const token = tokens();
    answer({ error: 'invalid_client' }, 401);
    await expect(token()).rejects.toThrow('answered 401');
    answer({ token_type: 'bearer' });
    await expect(token()).rejects.toThrow('no access_token');
    answer({ access_token: 'three' });
    expect(await token()).toBe('three');
  });
});
