import { useEffect, useRef, useState } from 'react';
import { ApiClient, ApiError } from '../api/client';
import { lasting } from '../api/format';
import { Button } from '../ui/button';
import { highlight } from '../ui/code';
import { Notice } from '../ui/states';
import { callerOf, type Operation } from './document';
import type { Request } from './request';
import { useTestKey } from './test-key';

/** More than any page of a list; what is longer is cut. */
const SHOWN_BYTES_MAX = 256 * 1024;

interface Outcome {
  readonly status: number;
  readonly elapsedMs: number;
  readonly requestId: string;
  readonly text: string;
}

const anonymous = new ApiClient({ kind: 'none' });

/** Sends the request to this platform, in the test environment, as whoever reads. */
export function RunButton({
  operation,
  request,
  fault,
  onRun,
}: {
  operation: Operation;
  request: Request;
  fault: string | undefined;
  onRun: () => void;
}) {
  const { caller } = useTestKey();
  const [outcome, setOutcome] = useState<Outcome>();
  const [refusal, setRefusal] = useState<string>();
  const running = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => () => running.current?.abort(), []);
  const by = callerOf(operation);
  if (by === 'session' || operation.path.startsWith('/v1/auth/'))
    return <p className="note">The dashboard does this for you, so there is nothing to run here.</p>;
  const client = by === 'anyone' ? anonymous : caller;
  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    setRefusal(undefined);
    try {
      setOutcome(await send(client!, request, controller.signal));
      onRun();
    } catch (error) {
      if (error instanceof ApiError) setRefusal(error.message);
      else if (!controller.signal.aborted) throw error;
    } finally {
      setBusy(false);
    }
  };
  const reason = fault ?? (client ? undefined : 'Sign in, or enter your test key at the top, to run it here.');
  return (
    <div className="run">
      <div className="run-bar">
        {busy ? (
          <Button icon="stop" onClick={() => running.current?.abort()}>
            Stop
          </Button>
        ) : (
          <Button look="primary" icon="play" disabled={reason !== undefined} onClick={() => void run()}>
            Run<span className="visually-hidden"> {operation.summary}</span>
          </Button>
        )}
        <span className="note">
          {reason ?? (busy ? 'Waiting for the answer …' : 'In the test environment: nothing is charged.')}
        </span>
      </div>
      {refusal && <Notice tone="bad">{refusal}</Notice>}
      {outcome && <Answered outcome={outcome} label={operation.summary} />}
    </div>
  );
}

function Answered({ outcome, label }: { outcome: Outcome; label: string }) {
  const { status, elapsedMs, requestId, text } = outcome;
  return (
    <div className="code" role="status">
      <div className="code-bar">
        <span className={status < 400 ? 'ran-well' : 'ran-badly'}>{status}</span>
        <span>{lasting(elapsedMs)}</span>
        <span className="grow" />
        <code>{requestId}</code>
      </div>
      <pre tabIndex={0} aria-label={`${label}: what was answered`}>
        <code>{highlight(text)}</code>
      </pre>
    </div>
  );
}

/** Identity and type of the body come from the client, which may hold a cookie: the key in the code is for copying. */
async function send(
  client: ApiClient,
  { method, path, headers, body }: Request,
  signal: AbortSignal,
): Promise<Outcome> {
  const others = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['Authorization', 'Content-Type'].includes(name)),
  );
  const begunAt = performance.now();
  const answer = await client.answer(method, path, { headers: others, body, signal });
  const text = await readSome(answer);
  return {
    status: answer.status,
    elapsedMs: performance.now() - begunAt,
    requestId: answer.headers.get('x-request-id') ?? '',
    text: pretty(text),
  };
}

async function readSome(answer: Response): Promise<string> {
  if (!answer.body) return '';
  const decoder = new TextDecoder();
  const reader = answer.body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length > SHOWN_BYTES_MAX) {
      await reader.cancel();
      return `${text.slice(0, SHOWN_BYTES_MAX)}\n… the rest is cut`;
    }
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
