import { Link } from 'wouter';
import { GUIDES } from '../guides/guides';
import { Card, PageHeader } from '../ui/card';
import { Code } from '../ui/code';
import { useReference } from '../reference/context';
import { useTestKey } from '../reference/test-key';
import { Sentence } from '../reference/text';

export function DocsHome() {
  const { document, tags } = useReference();
  const { shown } = useTestKey();
  const call = `curl -s '${location.origin}/v1/videos' \\\n  -H 'Authorization: Bearer ${shown}' \\\n  -H 'Content-Type: application/json' \\\n  -H 'Prefer: wait=50' \\\n  -d '{"prompt":"a calm sea at dawn","resolution":"480p","duration":2}'`;
  return (
    <>
      <PageHeader title="Documentation" description={<Sentence>{document.info.description}</Sentence>} />
      <div className="grid-2">
        <Card title="Your first video" description="One call, and its answer is the finished job.">
          <Code label="Your first video in curl" title="curl" code={call} />
        </Card>
        <Card title="Reference" description="Every operation, with code to copy and a Run button.">
          <ul className="link-list">
            {tags.map(({ name, slug, operations }) => (
              <li key={slug}>
                <Link href={`/api/${slug}`} className="link">
                  {name}
                </Link>
                <span className="faint">{operations.length} operations</span>
              </li>
            ))}
            <li>
              <Link href="/errors" className="link">
                Errors
              </Link>
              <span className="faint">{Object.keys(document['x-error-codes']).length} codes, each with a page</span>
            </li>
          </ul>
        </Card>
      </div>
      <div className="guide-cards">
        {GUIDES.map(({ name, title, about }) => (
          <Link key={name} href={`/guides/${name}`} className="guide-card">
            <strong>{title}</strong>
            <span>{about}</span>
          </Link>
        ))}
      </div>
    </>
  );
}
