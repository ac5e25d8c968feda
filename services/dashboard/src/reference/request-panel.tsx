import { useMemo, useState } from 'react';
import { idempotencyKey, queryString } from '../api/client';
import { CodeTabs, highlight } from '../ui/code';
import { TextArea, TextField } from '../ui/field';
import { callerOf, jsonOf, successOf, type OpenApi, type Operation } from './document';
import { useReference } from './context';
import { type Request, requestSnippets } from './request';
import { RunButton } from './run';
import { exampleOf } from './schema';
import { useTestKey } from './test-key';

/** What the reader filled in; a value that is empty is not sent. */
interface Given {
  readonly values: Readonly<Record<string, string>>;
  readonly body: string;
}

let language = 'curl';

/** One operation as a request: filled in here, shown in four languages, run against this platform. */
export function RequestPanel({ operation }: { operation: Operation }) {
  const { document } = useReference();
  const { shown } = useTestKey();
  const [given, setGiven] = useState<Given>(() => ({ values: {}, body: bodyOf(operation, document) }));
  const [onceKey, setOnceKey] = useState(idempotencyKey);
  const [chosen, setChosen] = useState(language);
  const request = useMemo(() => requestOf(operation, given, shown, onceKey), [operation, given, shown, onceKey]);
  const choose = (next: string) => {
    language = next;
    setChosen(next);
  };
  return (
    <>
      <CodeTabs
        label={`${operation.summary}: request`}
        snippets={requestSnippets(location.origin, request)}
        chosen={chosen}
        onChoose={choose}
      />
      <Inputs operation={operation} given={given} onChange={setGiven} />
      <RunButton
        operation={operation}
        request={request}
        fault={faultOf(operation, given)}
        onRun={() => setOnceKey(idempotencyKey())}
      />
      <ExampleAnswer operation={operation} />
    </>
  );
}

function bodyOf(operation: Operation, document: OpenApi): string {
  const schema = jsonOf(operation.requestBody);
  return schema ? JSON.stringify(exampleOf(schema, document, '', true), null, 2) : '';
}

const isFilled = (operation: Operation) => operation.parameters.filter(({ in: place }) => place !== 'header');

function Inputs({
  operation,
  given,
  onChange,
}: {
  operation: Operation;
  given: Given;
  onChange: (given: Given) => void;
}) {
  const parameters = isFilled(operation);
  if (parameters.length === 0 && given.body === '') return null;
  const set = (name: string, value: string) => onChange({ ...given, values: { ...given.values, [name]: value } });
  return (
    <details className="try-inputs">
      <summary>
        Fill in the request<span className="visually-hidden"> to {operation.summary}</span>
      </summary>
      <div className="form">
        {parameters.map(({ name, in: place, required }) => (
          <TextField
            key={name}
            label={`${name}${required || place === 'path' ? '' : ' (optional)'}`}
            value={given.values[name] ?? ''}
            onChange={(event) => set(name, event.target.value)}
            spellCheck={false}
          />
        ))}
        {given.body !== '' && (
          <TextArea
            label="Body"
            value={given.body}
            onChange={(event) => onChange({ ...given, body: event.target.value })}
            spellCheck={false}
            error={jsonFault(given.body)}
          />
        )}
      </div>
    </details>
  );
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'This is no JSON.';
  }
}

/** Why it cannot be sent as it is. */
function faultOf(operation: Operation, { values, body }: Given): string | undefined {
  const missing = operation.parameters
    .filter(({ name, in: place }) => place === 'path' && !values[name])
    .map(({ name }) => name);
  if (missing.length > 0) return `Fill in ${missing.join(' and ')} first.`;
  return body === '' ? undefined : jsonFault(body);
}

function requestOf(operation: Operation, { values, body }: Given, key: string, onceKey: string): Request {
  const query = Object.fromEntries(
    operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => [name, values[name]]),
  );
  const takes = (name: string) => operation.parameters.some((each) => each.in === 'header' && each.name === name);
  return {
    method: operation.method,
    path:
      operation.path.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) =>
        values[name] ? encodeURIComponent(values[name]) : placeholder,
      ) + queryString(query),
    headers: {
      ...(callerOf(operation) === 'key' ? { Authorization: `Bearer ${key}` } : {}),
      ...(body === '' ? {} : { 'Content-Type': 'application/json' }),
      ...(takes('Idempotency-Key') ? { 'Idempotency-Key': onceKey } : {}),
      ...(takes('Prefer') ? { Prefer: 'wait=30' } : {}),
    },
    ...(body === '' || jsonFault(body) ? {} : { body: JSON.parse(body) as unknown }),
  };
}

function ExampleAnswer({ operation }: { operation: Operation }) {
  const { document } = useReference();
  const [status, answer] = successOf(operation)[0] ?? [];
  const schema = jsonOf(answer);
  const text = useMemo(() => schema && JSON.stringify(exampleOf(schema, document), null, 2), [schema, document]);
  if (text === undefined) return null;
  return (
    <div className="code">
      <div className="code-bar">
        <span>Answer {status}</span>
      </div>
      <pre tabIndex={0} aria-label={`${operation.summary}: an answer`}>
        <code>{highlight(text)}</code>
      </pre>
    </div>
  );
}
