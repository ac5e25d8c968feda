import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ulid } from 'ulid';

interface StripeRequest { path: string; authorization: string; idempotencyKey: string; form: URLSearchParams }

/** Speaks the documented part of Stripe's API that creates a Checkout session (form in, session out, the same one for the same key) and shows a PaymentIntent. */
export class StripeServer {
  readonly requests: StripeRequest[] = [];
  readonly intents = new Map<string, object>();
  private readonly sessions = new Map<string, object>();
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        const idempotencyKey = String(request.headers['idempotency-key']);
        this.requests.push({ path: `${request.method} ${request.url}`, authorization: String(request.headers.authorization), idempotencyKey, form });
        response.setHeader('content-type', 'application/json');
        if (request.method === 'GET') return this.showIntent(request.url!.split('/').at(-1)!, response);
        const cents = Number(form.get('line_items[0][price_data][unit_amount]'));
        response.statusCode = cents < 50 ? 400 : 200;
        return response.end(JSON.stringify(cents < 50 ? tooSmall : this.sessionUnder(idempotencyKey, form)));
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private showIntent(id: string, response: ServerResponse): void {
    const intent = this.intents.get(id);
    response.statusCode = intent === undefined ? 404 : 200;
    response.end(JSON.stringify(intent ?? { error: { type: 'invalid_request_error', code: 'resource_missing', param: 'intent', message: `No such payment_intent: '${id}'` } }));
  }

  private sessionUnder(key: string, form: URLSearchParams): object {
    const session = this.sessions.get(key) ?? {
      id: `cs_test_${ulid()}`, object: 'checkout.session', mode: 'payment', payment_status: 'unpaid', status: 'open',
      client_reference_id: form.get('client_reference_id'), url: `https://checkout.stripe.com/c/pay/${key}`,
    };
    this.sessions.set(key, session);
    return session;
  }
}

const tooSmall = { error: { type: 'invalid_request_error', code: 'amount_too_small', message: 'The amount must convert to at least 50 cents.' } };
