import { useState } from 'react';
import type { Field } from './schema';
import { Sentence } from './text';

export function Fields({
  title,
  fields,
  prefix,
  isAnswer = false,
}: {
  title?: string;
  fields: readonly Field[];
  prefix: string;
  isAnswer?: boolean;
}) {
  if (fields.length === 0) return null;
  return (
    <div className="fields">
      {title && <h3>{title}</h3>}
      <dl>
        {fields.map((field) => (
          <One key={field.name} field={field} id={`${prefix}.${field.name}`} isAnswer={isAnswer} />
        ))}
      </dl>
    </div>
  );
}

function One({ field, id, isAnswer }: { field: Field; id: string; isAnswer: boolean }) {
  const { name, type, required, nullable, deprecated, description, rules, values, fields } = field;
  return (
    <div className="field-row" id={id}>
      <dt>
        <a href={`#${id}`}>
          <code>{name}</code>
        </a>
        <span className="field-type">
          {type}
          {nullable ? ' or null' : ''}
        </span>
        {required && !isAnswer && <span className="field-required">required</span>}
        {deprecated && <span className="field-deprecated">deprecated</span>}
      </dt>
      <dd>
        {description && (
          <p>
            <Sentence>{description}</Sentence>
          </p>
        )}
        {values.length > 0 && (
          <p className="field-values">
            {values.map((value) => (
              <code key={value}>{value}</code>
            ))}
          </p>
        )}
        {rules.length > 0 && <p className="faint">{rules.join(' · ')}</p>}
        <Inner name={name} fields={fields} prefix={id} isAnswer={isAnswer} />
      </dd>
    </div>
  );
}

/** Drawn when it is opened, by the reader or by an address within: a chapter has thousands of them. */
export function Inner({
  name,
  fields,
  prefix,
  isAnswer,
  isOpen = false,
}: {
  name: string;
  fields: readonly Field[];
  prefix: string;
  isAnswer: boolean;
  isOpen?: boolean;
}) {
  const [open, setOpen] = useState(() => isOpen || decodeURIComponent(window.location.hash).startsWith(`#${prefix}.`));
  if (fields.length === 0) return null;
  return (
    <details className="sub-fields" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {fields.length} fields<span className="visually-hidden"> of {name}</span>
      </summary>
      {open && <Fields fields={fields} prefix={prefix} isAnswer={isAnswer} />}
    </details>
  );
}
