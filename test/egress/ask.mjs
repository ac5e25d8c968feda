// Asks each outside party of the platform once, as the built services do; `ADDRESSES` has a URL for each, by name. Answers are not
// of interest here: whoever is asked writes down that it was.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const built = (...path) => require(join(dirname(fileURLToPath(import.meta.url)), '..', '..', ...path));
const { StripeProvider } = built('services', 'ledger', 'dist', 'top-ups', 'stripe.client.js');
const { OidcProvider } = built('services', 'accounts', 'dist', 'sign-in', 'oidc.client.js');
const { openMailer } = built('services', 'accounts', 'dist', 'mail', 'open-mailer.client.js');
const { VideosClient } = built('services', 'render-fleet', 'dist', 'openai-videos', 'videos-http.client.js');
const { oauthTokens } = built('libs', 'messaging', 'dist', 'kafka-connection', 'oauth-tokens.js');
const { S3ArtifactStore } = built('libs', 'artifacts', 'dist', 's3-artifact-store.js');
const { SpanExport } = built('libs', 'runtime', 'dist', 'tracing', 'tracing-export.js');

const urls = JSON.parse(process.env.ADDRESSES);

const asks = {
  payments: () =>
    new StripeProvider({ secretKey: 'sk_test_none', webhookSecret: 'whsec_none', apiUrl: urls.payments }).open({
      topUpId: 'top_1',
      accountId: 'acc_1',
      amountMicros: 1_000_000n,
      successUrl: 'https://video.example.com',
      cancelUrl: 'https://video.example.com',
    }),
  identity: () => {
    const client = { clientId: 'video', clientSecret: 'none', redirectUrl: 'https://video.example.com', name: 'test' };
    const provider = new OidcProvider({ issuerUrl: urls.identity, ...client });
    return provider.authorizationUrl('state', provider.expectation());
  },
  mail: async () => {
    const mailer = openMailer(urls.mail, 'Video <no-reply@example.com>', process.env.MAIL_PROXY);
    await mailer.send('letter_1', { to: 'a@example.com', subject: 'test', text: 'test' }).finally(() => mailer.stop());
  },
  engine: () => new VideosClient({ url: urls.engine, dialect: { healthPath: '/health' } }).checkHealth(),
  tokens: () => oauthTokens({ url: urls.tokens, clientId: 'video', clientSecret: 'none', scope: undefined })(),
  bucket: () =>
    new S3ArtifactStore({ bucket: 'videos', region: 'us-east-1', endpoint: urls.bucket, pathStyle: true }).stat('a/b'),
  collector: async () => {
    const exporter = new SpanExport(urls.collector);
    const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    const times = { startMs: 0, endMs: 1, attributes: {}, links: [], parent: undefined, failure: undefined };
    exporter.record({ service: 'gateway', name: 'test', kind: 'internal', context, ...times });
    await exporter.stop();
  },
};

await Promise.allSettled(Object.values(asks).map((ask) => ask()));
process.exit(0);
