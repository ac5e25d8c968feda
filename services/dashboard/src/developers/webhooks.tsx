import { Card, PageHeader } from '../ui/card';
import { CodeTabs } from '../ui/code';
import { Deliveries } from './deliveries';
import { Endpoints } from './endpoints';
import { VERIFICATION } from './verification';

export function Webhooks() {
  return (
    <>
      <PageHeader
        title="Webhooks"
        description="Signed with Standard Webhooks headers. Four attempts: at once, then after 30, 120 and 480 seconds."
      />
      <Endpoints />
      <Deliveries />
      <Card title="Verify what you receive" description="Compare the signature before you trust a body.">
        <CodeTabs label="Verify a webhook" snippets={VERIFICATION} />
      </Card>
    </>
  );
}
