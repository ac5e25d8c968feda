import type { Registered } from '../api/types';
import { Card } from '../ui/card';
import { Secret } from '../ui/code';
import { Notice } from '../ui/states';

export function FirstKeys({ registered }: { registered: Registered }) {
  return (
    <Card title="Your keys" description="The account is open. This is the only time these are shown.">
      <Notice tone="warn">
        Store them where secrets belong before you leave this page. A lost key is replaced, never shown again.
      </Notice>
      <Secret label="Test key: play money, sandbox engine" value={registered.test_key} />
      <Secret label="Live key: spends the balance" value={registered.live_key} />
      {registered.webhook_secret && (
        <Secret label="Webhook secret: verifies what we send you" value={registered.webhook_secret} />
      )}
    </Card>
  );
}
