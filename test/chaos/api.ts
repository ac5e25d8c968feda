export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * Sends one request. A broken connection and one that stays silent have no status: what they did is not known.
 * @returns undefined when no answer came
 */
export async function send(
  method: string,
  url: string,
  key: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  } catch (error) {
    if (error instanceof TypeError || ['TimeoutError', 'AbortError', 'SyntaxError'].includes((error as Error).name))
      return undefined;
    throw error;
  }
}
