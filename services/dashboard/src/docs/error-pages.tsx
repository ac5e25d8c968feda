import { Link } from 'wouter';
import { Card, Facts, PageHeader } from '../ui/card';
import { LinkButton } from '../ui/button';
import { Icon } from '../ui/icons';
import { Badge, Empty, type Tone } from '../ui/states';
import { Table } from '../ui/table';
import { codesOf, type ErrorCode } from '../reference/document';
import { useReference } from '../reference/context';
import { Sentence } from '../reference/text';

const REMEDIES: Readonly<Record<ErrorCode['remedy'], readonly [tone: Tone, label: string]>> = {
  retry: ['info', 'Try again later'],
  change: ['warn', 'Change the request'],
  act: ['bad', 'Somebody has to act'],
};

function Remedy({ remedy }: { remedy: ErrorCode['remedy'] }) {
  const [tone, label] = REMEDIES[remedy];
  return <Badge tone={tone}>{label}</Badge>;
}

const up = (
  <Link href="/errors" className="crumb">
    <Icon name="left" size={14} />
    All errors
  </Link>
);

export function ErrorList() {
  const { document } = useReference();
  return (
    <>
      <PageHeader
        title="Errors"
        description={
          <Sentence>
            {
              'Every refusal has one form: `error`, `message`, `request_id` and `doc_url`, which leads to the page of its code. No refusal is ever charged.'
            }
          </Sentence>
        }
      />
      <Card flush title="Codes of refusals">
        <Table
          label="Codes of refusals"
          rows={Object.entries(document['x-error-codes'])}
          keyOf={([code]) => code}
          empty={null}
          columns={[
            { title: 'Status', cell: ([, { status }]) => <span className="number">{status}</span> },
            {
              title: 'Code',
              cell: ([code]) => (
                <Link href={`/errors/${code}`} className="link">
                  <code>{code}</code>
                </Link>
              ),
            },
            { title: 'Means', cell: ([, { title }]) => title, wide: true },
            { title: 'Next', cell: ([, { remedy }]) => <Remedy remedy={remedy} /> },
          ]}
        />
      </Card>
      <Card
        flush
        title="Why a job fails"
        description="Found in the job's error. A failed job is never charged: its whole hold is released."
      >
        <Table
          label="Codes of failed jobs"
          rows={Object.entries(document['x-failure-codes'])}
          keyOf={([code]) => code}
          empty={null}
          columns={[
            {
              title: 'Code',
              cell: ([code]) => (
                <Link href={`/errors/${code}`} className="link">
                  <code>{code}</code>
                </Link>
              ),
            },
            { title: 'Means', cell: ([, reason]) => reason },
          ]}
        />
      </Card>
    </>
  );
}

export function ErrorPage({ code }: { code: string }) {
  const { document } = useReference();
  const refusal = document['x-error-codes'][code];
  const failure = document['x-failure-codes'][code];
  if (refusal) return <Refusal code={code} refusal={refusal} />;
  if (failure) return <Failed code={code} reason={failure} />;
  return (
    <Empty
      icon="search"
      title={`The code ${code} has no page here`}
      action={<LinkButton to="/errors">All errors</LinkButton>}
    >
      It may be newer than this platform.
    </Empty>
  );
}

function Refusal({ code, refusal }: { code: string; refusal: ErrorCode }) {
  const { tags } = useReference();
  const places = tags.flatMap((tag) =>
    tag.operations
      .filter((operation) => codesOf(operation).some(([, each]) => each === code))
      .map((operation) => ({ tag, operation })),
  );
  return (
    <>
      <PageHeader title={code} description={refusal.title} above={up} actions={<Remedy remedy={refusal.remedy} />} />
      <Card>
        <Facts
          rows={[
            ['HTTP status', <span className="number">{refusal.status}</span>],
            ['What it means', <Sentence>{refusal.means}</Sentence>],
            ['What to do', <Sentence>{refusal.do}</Sentence>],
            ['Charged', 'Nothing. A refused request holds no money.'],
          ]}
        />
      </Card>
      <Card
        title="Where it happens"
        description={places.length > 8 ? `${places.length} operations can answer it.` : undefined}
      >
        <ul className="link-list">
          {places.map(({ tag, operation }) => (
            <li key={operation.operationId}>
              <Link href={`/api/${tag.slug}#${operation.operationId}`} className="link">
                {operation.summary}
              </Link>
              <code className="faint">
                {operation.method} {operation.path}
              </code>
            </li>
          ))}
          {places.length === 0 && <li>On any path, before an operation is found.</li>}
        </ul>
      </Card>
    </>
  );
}

function Failed({ code, reason }: { code: string; reason: string }) {
  return (
    <>
      <PageHeader title={code} description="A job failed for this reason." above={up} />
      <Card>
        <Facts
          rows={[
            ['What it means', `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`],
            ['Where', <Sentence>{'In `error.code` of the job, and in `billing.rule`.'}</Sentence>],
            ['Charged', 'Nothing: the whole hold was released.'],
          ]}
        />
      </Card>
    </>
  );
}
