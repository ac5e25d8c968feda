import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react';
import { Icon } from './icons';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly hideLabel?: boolean;
}

type Described = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

function Field({
  label,
  hint,
  error,
  hideLabel = false,
  children,
}: FieldProps & { children: (described: Described) => ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': error ? true : undefined })}
      {note && (
        <p id={`${id}-note`} className={error ? 'note bad' : 'note'} role={error ? 'alert' : undefined}>
          {note}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  error,
  hideLabel,
  prefix,
  ...input
}: FieldProps & { prefix?: string } & Omit<InputHTMLAttributes<HTMLInputElement>, 'prefix'>) {
  return (
    <Field {...{ label, hint, error, hideLabel }}>
      {(described) => (
        <span className="input-wrap">
          {prefix && (
            <span className="prefix" aria-hidden="true">
              {prefix}
            </span>
          )}
          <input className="input" data-prefixed={prefix ? true : undefined} {...input} {...described} />
        </span>
      )}
    </Field>
  );
}

export function PasswordField({ label, hint, error, ...input }: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const [shown, setShown] = useState(false);
  return (
    <Field {...{ label, hint, error }}>
      {(described) => (
        <span className="input-wrap">
          <input className="input" {...input} {...described} type={shown ? 'text' : 'password'} />
          <button type="button" className="reveal" onClick={() => setShown(!shown)} aria-pressed={shown}>
            {shown ? 'Hide' : 'Show'}
            <span className="visually-hidden"> {label}</span>
          </button>
        </span>
      )}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  hideLabel,
  ...input
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field {...{ label, hint, error, hideLabel }}>
      {(described) => <textarea className="input" {...input} {...described} />}
    </Field>
  );
}

/** The browser's own list: it is keyboard-usable everywhere and right on phones. */
export function Choice({
  label,
  hint,
  error,
  hideLabel,
  options,
  ...select
}: FieldProps & {
  options: readonly (readonly [value: string, label: string])[];
} & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field {...{ label, hint, error, hideLabel }}>
      {(described) => (
        <span className="input-wrap">
          <select className="input" {...select} {...described}>
            {options.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <Icon name="down" size={16} />
        </span>
      )}
    </Field>
  );
}

export function CheckBox({
  label,
  hint,
  ...input
}: { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="check">
      <input type="checkbox" {...input} />
      <span>
        {label}
        {hint && <span className="note">{hint}</span>}
      </span>
    </label>
  );
}

/** One of a few, all of them in sight. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
  compact = false,
}: {
  label: string;
  value: T;
  options: readonly (readonly [value: T, label: ReactNode])[];
  onChange: (value: T) => void;
  compact?: boolean;
}) {
  const name = useId();
  return (
    <fieldset className={compact ? 'segments compact' : 'segments'}>
      <legend className={compact ? 'visually-hidden' : undefined}>{label}</legend>
      <div className="track">
        {options.map(([option, text]) => (
          <label key={option}>
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChange(option)}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export interface DayRangeProps {
  /** UTC days, both within the range. */
  readonly start: string;
  readonly end: string;
  readonly today: string;
  readonly onStart: (day: string) => void;
  readonly onEnd: (day: string) => void;
}

export function DayRange({ start, end, today, onStart, onEnd }: DayRangeProps) {
  return (
    <>
      <TextField label="From" type="date" value={start} max={end} onChange={({ target }) => onStart(target.value)} />
      <TextField
        label="To"
        type="date"
        value={end}
        min={start}
        max={today}
        onChange={({ target }) => onEnd(target.value)}
      />
    </>
  );
}
