import { memo } from 'react';
import { Link } from 'wouter';
import { Fields, Inner } from './fields';
import { callerOf, codesOf, jsonOf, successOf, type Operation } from './document';
import { RequestPanel } from './request-panel';
import { useReference } from './context';
import { fieldOf, fieldsOf } from './schema';
import { Anchor, Method, Sentence } from './text';

const CALLERS = {
  key: 'Needs an API key.',
  session: 'Needs a signed-in person: their cookie, and X-CSRF-Token for whatever changes something.',
  anyone: 'Needs no key.',
} as const;

/** What an operation takes and answers on the one side, code to copy and to run on the other. */
export const OperationSection = memo(function OperationSection({
  operation,
  isFirst,
}: {
  operation: Operation;
  isFirst: boolean;
}) {
  const { document } = useReference();
  const { operationId: id, method, path, summary, description, parameters } = operation;
  const body = fieldsOf(jsonOf(operation.requestBody), document);
  const groups = [
    ['Path', 'path'],
    ['Query', 'query'],
    ['Headers', 'header'],
  ] as const;
  return (
    <section className="operation" aria-label={summary}>
      <div className="operation-text">
        <Anchor id={id}>{summary}</Anchor>
        <p className="route">
          <Method method={method} />
          <code>{path}</code>
        </p>
        <p>
          {CALLERS[callerOf(operation)]} {description && <Sentence>{description}</Sentence>}
        </p>
        {groups.map(([title, place]) => (
          <Fields
            key={place}
            title={title}
            prefix={id}
            fields={parameters
              .filter((each) => each.in === place)
              .map((each) => ({
                ...fieldOf(each.name, each.schema, each.required === true, document),
                description: each.description ?? '',
              }))}
          />
        ))}
        <Fields title="Body" prefix={id} fields={body} />
        {successOf(operation).map(([status, answer]) => (
          <div key={status} className="answer">
            <h3>Answer {status}</h3>
            <p>
              <Sentence>{answer.description}</Sentence>
            </p>
            <Inner
              name={`answer ${status}`}
              prefix={`${id}.${status}`}
              fields={fieldsOf(jsonOf(answer), document)}
              isAnswer
              isOpen={isFirst}
            />
          </div>
        ))}
        <Refusals operation={operation} />
      </div>
      <div className="operation-code">
        <RequestPanel operation={operation} />
      </div>
    </section>
  );
});

function Refusals({ operation }: { operation: Operation }) {
  return (
    <div className="answer">
      <h3>Errors</h3>
      <ul className="code-list">
        {codesOf(operation).map(([status, code]) => (
          <li key={code}>
            <Link href={`/errors/${code}`} className="link">
              <span className="number">{status}</span> <code>{code}</code>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
