import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ulid } from 'ulid';

interface StripeRequest {
  path: string;
  authorization: string;
  idempotencyKey: string;
  form: URLSearchParams;
}
interface Answer {
  readonly status: number;
  readonly body: object;
}

/** How a payment method behaves when it is charged. `lost`: it is charged, and the answer never arrives. */
export type CardBehaviour = 'pays' | 'declines' | 'processing' | 'lost' | 'breaks';

/**
 * Speaks the documented part of Stripe's API that creates a Checkout session (form in, session out, the same one for the same key),
 * charges a saved payment method, and shows PaymentIntents and SetupIntents.
 */
export class StripeServer {
  readonly requests: StripeRequest[] = [];
  readonly intents = new Map<string, object>();
  readonly setups = new Map<string, object>();
  readonly cards = new Map<string, CardBehaviour>();
  /** Charges that moved money, by their idempotency keys. */
  readonly charged: string[] = [];
  private readonly answered = new Map<string, Answer>();
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        const idempotencyKey = String(request.headers['idempotency-key']);
        const path = `${request.method} ${request.url}`;
        this.requests.push({ path, authorization: String(request.headers.authorization), idempotencyKey, form });
        response.setHeader('content-type', 'application/json');
        const resource = /^GET \/v1\/(\w+)\/(\w+)/.exec(path);
        if (resource)
          return answer(response, show(resource[1] === 'setup_intents' ? this.setups : this.intents, resource[2]!));
        if (path === 'POST /v1/payment_intents') return this.charge(idempotencyKey, form, response);
        return answer(
          response,
          this.once(idempotencyKey, () => openSession(idempotencyKey, form)),
        );
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** As somebody enters a card on the page of a setup session; answers the setup's id. */
  saveCard(behaviour: CardBehaviour, last4 = '4242'): string {
    const [setup, method] = [`seti_${ulid()}`, `pm_${ulid()}`];
    this.cards.set(method, behaviour);
    this.setups.set(setup, {
      id: setup,
      object: 'setup_intent',
      customer: `cus_${method}`,
      payment_method: { id: method, object: 'payment_method', type: 'card', card: { brand: 'visa', last4 } },
    });
    return setup;
  }

  private charge(key: string, form: URLSearchParams, response: ServerResponse): void {
    const behaviour = this.cards.get(form.get('payment_method') ?? '');
    const isLost = behaviour === 'lost' && !this.answered.has(key);
    const given = this.once(key, () => this.chargeOnce(key, form, behaviour));
    if (isLost) return void response.destroy();
    answer(response, given);
  }

  private chargeOnce(key: string, form: URLSearchParams, behaviour: CardBehaviour | undefined): Answer {
    if (behaviour === undefined)
      return {
        status: 400,
        body: { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such PaymentMethod' } },
      };
    if (behaviour === 'declines')
      return {
        status: 402,
        body: {
          error: {
            type: 'card_error',
            code: 'card_declined',
            decline_code: 'insufficient_funds',
            message: 'Your card has insufficient funds.',
          },
        },
      };
    if (behaviour === 'breaks')
      return { status: 500, body: { error: { type: 'api_error', message: 'Something went wrong.' } } };
    const paid = behaviour !== 'processing';
    const cents = Number(form.get('amount'));
    const metadata = Object.fromEntries(
      [...form].flatMap(([name, value]) =>
        /^metadata\[(.+)\]$/.exec(name) ? [[/^metadata\[(.+)\]$/.exec(name)![1]!, value]] : [],
      ),
    );
    const intent = {
      id: `pi_${ulid()}`,
      object: 'payment_intent',
      amount: cents,
      amount_received: paid ? cents : 0,
      currency: 'usd',
      status: paid ? 'succeeded' : 'processing',
      metadata,
    };
    this.intents.set(intent.id, intent);
    if (paid) this.charged.push(key);
    return { status: 200, body: intent };
  }

  /** Stripe answers the same under the same key, whatever it answered. */
  private once(key: string, make: () => Answer): Answer {
    const before = this.answered.get(key) ?? make();
    this.answered.set(key, before);
    return before;
  }
}

function openSession(key: string, form: URLSearchParams): Answer {
  const isSetup = form.get('mode') === 'setup';
  if (!isSetup && Number(form.get('line_items[0][price_data][unit_amount]')) < 50)
    return { status: 400, body: tooSmall };
  return {
    status: 200,
    body: {
      id: `cs_test_${ulid()}`,
      object: 'checkout.session',
      mode: form.get('mode'),
      payment_status: isSetup ? 'no_payment_required' : 'unpaid',
      status: 'open',
      client_reference_id: form.get('client_reference_id'),
      url: `https://checkout.stripe.com/c/pay/${key}`,
    },
  };
}

function show(resources: ReadonlyMap<string, object>, id: string): Answer {
  const body = resources.get(id);
  return body === undefined
    ? {
        status: 404,
        body: {
          error: {
            type: 'invalid_request_error',
            code: 'resource_missing',
            param: 'intent',
            message: `No such object: '${id}'`,
          },
        },
      }
    : { status: 200, body };
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.statusCode = status;
  response.end(JSON.stringify(body));
}

const tooSmall = {
  error: {
    type: 'invalid_request_error',
    code: 'amount_too_small',
    message: 'The amount must convert to at least 50 cents.',
  },
};
