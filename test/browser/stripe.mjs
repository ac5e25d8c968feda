import { createHmac, randomUUID } from 'node:crypto';
import { StripeServer } from '../../services/ledger/src/top-ups/stripe-server.fixture.ts';

const WEBHOOK_SECRET = 'whsec_of_the_browser_tests';

/** What stands for Stripe in these tests: its API as the ledger's own tests have it. */
export async function startStripe() {
  const server = new StripeServer();
  const url = await server.start();
  return {
    settings: {
      PAYMENT_PROVIDER: 'stripe',
      STRIPE_SECRET_KEY: 'sk_test',
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_URL: url,
    },
    stop: () => server.stop(),
    /** As somebody enters a card on the page that was opened last, and Stripe tells of it. */
    async saveCard(api) {
      const { form } = server.requests.findLast(({ path }) => path === 'POST /v1/checkout/sessions');
      const session = {
        id: `cs_${randomUUID()}`,
        object: 'checkout.session',
        mode: 'setup',
        metadata: { auto_top_up_account_id: form.get('metadata[auto_top_up_account_id]') },
        setup_intent: server.saveCard('pays'),
      };
      const body = JSON.stringify({
        id: `evt_${randomUUID()}`,
        object: 'event',
        api_version: '2026-01-01',
        created: 1,
        livemode: false,
        type: 'checkout.session.completed',
        data: { object: session },
      });
      const at = Math.floor(Date.now() / 1000);
      const signature = `t=${at},v1=${createHmac('sha256', WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex')}`;
      return fetch(`${api}/v1/payments/stripe/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body,
      });
    },
  };
}
