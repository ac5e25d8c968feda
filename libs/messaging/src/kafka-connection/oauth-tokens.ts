/** OAuth 2.0 client credentials (RFC 6749, section 4.4). */
export interface OauthClient {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
}

const WITHIN_MS = 5_000;
/** Of its life a token is used, so that none runs out on its way. */
const USED_FOR = 0.8;
/** Where the server does not say how long a token lives. */
const LIFE_SECONDS = 300;

/** Answers a token that counts, the same one while it does. A question under way is shared. */
export function oauthTokens(client: OauthClient, nowMs = () => performance.now()): () => Promise<string> {
  let known: { token: string; untilMs: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { token, lifeSeconds } = await fetchToken(client);
    known = { token, untilMs: nowMs() + lifeSeconds * 1_000 * USED_FOR };
    return token;
  };
  return async () => {
    if (known !== undefined && nowMs() < known.untilMs) return known.token;
    return (asking ??= ask().finally(() => {
      asking = undefined;
    }));
  };
}

async function fetchToken({
  url,
  clientId,
  clientSecret,
  scope,
}: OauthClient): Promise<{ token: string; lifeSeconds: number }> {
  const credentials = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString(
    'base64',
  );
  const answer = await fetch(url, {
    method: 'POST',
    signal: AbortSignal.timeout(WITHIN_MS),
    redirect: 'error',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }),
  });
  if (!answer.ok) throw new Error(`KAFKA_OAUTH_TOKEN_URL answered ${answer.status}`);
  const { access_token: token, expires_in: lifeSeconds = LIFE_SECONDS } = (await answer.json()) as {
    access_token?: unknown;
    expires_in?: number;
  };
  if (typeof token !== 'string' || token === '') throw new Error('KAFKA_OAUTH_TOKEN_URL answered no access_token');
  return { token, lifeSeconds };
}
