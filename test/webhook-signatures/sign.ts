import { readFileSync } from 'node:fs';
import { signedHeaders } from '../../services/webhooks/src/secrets/signature.ts';

/** The messages of `signatures.json`, signed by the platform at this moment, as verifiers refuse old ones: a line for each secret in use. Run in this folder. */
const vectors = JSON.parse(readFileSync('../../services/webhooks/signatures.json', 'utf8')) as {
  current: string;
  previous?: string;
  body: string;
  headers: Record<string, string>;
}[];
for (const { body, headers, ...secrets } of vectors) {
  const signed = signedHeaders(secrets, {
    eventId: headers['webhook-id']!,
    body: Buffer.from(body),
    sentAt: new Date(),
  });
  for (const secret of Object.values(secrets)) console.log(JSON.stringify({ secret, body, headers: signed }));
}
