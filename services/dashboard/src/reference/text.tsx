import type { ReactNode } from 'react';

/** A sentence of the document: what stands in backticks is code. */
export function Sentence({ children }: { children: string }): ReactNode {
  return children
    .split(/(`[^`]+`)/)
    .map((part, at) => (part.startsWith('`') && part.length > 2 ? <code key={at}>{part.slice(1, -1)}</code> : part));
}

/** A heading that can be linked to. */
export function Anchor({ id, level = 2, children }: { id: string; level?: 2 | 3; children: ReactNode }) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <Heading id={id} className="anchored">
      {children}
      <a href={`#${id}`} className="anchor" aria-label="Link to this section">
        #
      </a>
    </Heading>
  );
}

export function Method({ method }: { method: string }) {
  return <span className={`method ${method.toLowerCase()}`}>{method}</span>;
}
