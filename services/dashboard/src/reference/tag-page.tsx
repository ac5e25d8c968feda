import { PageHeader } from '../ui/card';
import { OperationSection } from './operation';
import type { Tag } from './document';

const ABOUT: Readonly<Record<string, string>> = {
  Videos: 'Order a video, follow it, take its file, cancel it, erase it.',
  Billing: 'What is there, what is held, what was spent, and on what.',
  Webhooks: 'Endpoints, what was sent to them, and the feed that it is taken from.',
  Account: 'Who you are here, and what you may use.',
  'API keys': 'Keys with scopes, replaced without a gap.',
  'Sign-in': 'How people get in. Programs use keys.',
  Members: 'Who acts for an account, and as what.',
};

export function TagPage({ tag }: { tag: Tag }) {
  return (
    <>
      <PageHeader title={tag.name} description={ABOUT[tag.name]} />
      {tag.operations.map((operation, at) => (
        <OperationSection key={operation.operationId} operation={operation} isFirst={at === 0} />
      ))}
    </>
  );
}
