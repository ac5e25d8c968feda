import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { AccountController } from '../accounts/account.controller';
import { AdminMoneyController } from '../admin/money.controller';
import { AdminEventsController } from '../admin/events.controller';
import { AdminProofController } from '../admin/proof.controller';
import { AdminAuditController } from '../operators/audit.controller';
import { AdminAccountLifeController } from '../admin/account-life.controller';
import { AdminBusinessController } from '../admin/business.controller';
import { AdminSignInController } from '../operators/operator-sign-in.controller';
import { AdminFleetController } from '../admin/fleet.controller';
import { AdminOrdersController } from '../operators/orders.controller';
import { AdminOperatorsController } from '../operators/operators.controller';
import { AdminReferenceController } from '../admin/reference.controller';
import { AdminController } from '../admin/accounts.controller';
import { ApiKeysController } from '../accounts/api-keys.controller';
import { OidcController } from '../accounts/oidc.controller';
import { PasskeysController } from '../accounts/passkeys.controller';
import { AutoTopUpController } from '../money/auto-top-up.controller';
import { BillingController } from '../money/billing.controller';
import { MembersController } from '../accounts/members.controller';
import { SignInController } from '../accounts/sign-in.controller';
import { FilesController } from '../files/files.controller';
import { MediaController } from '../videos/media.controller';
import { PaymentsController } from '../money/payments.controller';
import { ReferenceController } from './reference.controller';
import { RegistrationController } from '../accounts/registration.controller';
import { StatementsController } from '../money/statements.controller';
import { TopUpsController } from '../money/top-ups.controller';
import { UsageController } from '../usage/usage.controller';
import { VideosController } from '../videos/videos.controller';
import { DeliveriesController } from '../webhooks/deliveries.controller';
import { EndpointsController } from '../webhooks/endpoints.controller';
import { EventsController } from '../events/events.controller';
import { StreamTokensController } from '../events/stream-tokens.controller';
import { FAILURES } from '../operations/answers';
import { allowedMethods } from '../access/operation';
import { openApiDocument, refusalsOf } from './openapi';
import { ADMIN_OPERATIONS } from '../operations/admin-operations';
import { PUBLIC_OPERATIONS } from '../operations/operations';
import { STATUS_OF } from '../refusals/refusal';

interface OperationObject {
  operationId: string;
  parameters: { name: string; in: string; schema: object }[];
  responses: Record<
    string,
    { description: string; headers: Record<string, unknown>; content?: Record<string, { schema: object }> }
  >;
}

const document = openApiDocument() as {
  'x-error-codes': Record<string, { status: number }>;
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, object>; headers: object };
};
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

/** What Nest's decorators say that a class serves. */
function routesOf(controller: new (...args: never[]) => object): string[] {
  const prefix = Reflect.getMetadata('path', controller) as string;
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, object>)[name]!;
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = [prefix, Reflect.getMetadata('path', handler) as string]
      .map((part) => part.replace(/^\/|\/$/g, ''))
      .filter(Boolean)
      .join('/');
    return [`${RequestMethod[method]} /${path.replace('*path', '*')}`];
  });
}

describe('the table of operations', () => {
  it('describes every public route, and nothing else', () => {
    const routes = [
      VideosController,
      BillingController,
      UsageController,
      StatementsController,
      TopUpsController,
      PaymentsController,
      AccountController,
      ApiKeysController,
      RegistrationController,
      SignInController,
      MembersController,
      OidcController,
      PasskeysController,
      MediaController,
      FilesController,
      ReferenceController,
      AutoTopUpController,
      EndpointsController,
      DeliveriesController,
      EventsController,
      StreamTokensController,
    ].flatMap(routesOf);
    expect(Object.keys(PUBLIC_OPERATIONS).sort()).toEqual(routes.sort());
  });

  it('describes every admin route, and nothing else', () => {
    expect(Object.keys(ADMIN_OPERATIONS).sort()).toEqual(
      [
        AdminController,
        AdminAccountLifeController,
        AdminBusinessController,
        AdminSignInController,
        AdminAuditController,
        AdminEventsController,
        AdminFleetController,
        AdminMoneyController,
        AdminOperatorsController,
        AdminOrdersController,
        AdminProofController,
        AdminReferenceController,
      ]
        .flatMap(routesOf)
        .sort(),
    );
  });

  it('lets nobody onto the admin port but operators', () => {
    // A browser sends no token when it opens a page; this one says nothing that the sources do not.
    // Whoever signs in has no token yet; what they get is the identity provider's to say.
    expect(Object.keys(ADMIN_OPERATIONS).filter((name) => ADMIN_OPERATIONS[name]!.access.by !== 'operator')).toEqual([
      'GET /docs',
      'GET /admin/v1/auth/methods',
      'POST /admin/v1/auth/oidc',
      'POST /admin/v1/auth/oidc/finish',
    ]);
  });

  it.each([
    ['/v1/videos', ['GET', 'HEAD', 'POST']],
    ['/v1/videos/job_1', ['DELETE', 'GET', 'HEAD']],
    ['/v1/videos/job_1/cancel', ['POST']],
    ['/v1/videos/', []],
    ['/v1/nothing', []],
    ['/v/x.mp4', ['GET', 'HEAD', 'OPTIONS']],
    ['/admin/v1/accounts', []],
    ['/metrics', []],
  ])('knows the methods of %s', (path, methods) => expect(allowedMethods(PUBLIC_OPERATIONS, path)).toEqual(methods));
});

describe('the OpenAPI document', () => {
  it('is committed as it is generated (npm run generate)', () => {
    const committed = readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8');
    expect(committed).toBe(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
  });

  it('names every operation once', () => {
    expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(
      Object.keys(PUBLIC_OPERATIONS).length,
    );
  });

  it('gives every answer its limit headers, and every refusal the error form', () => {
    for (const { responses } of operations) {
      for (const [status, response] of Object.entries(responses)) {
        if (status === 'default') continue;
        expect(Object.keys(response.headers)).toEqual(
          expect.arrayContaining(['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']),
        );
        if (Number(status) >= 400)
          expect(response.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Error' });
        if (status === '429' || status === '503')
          expect(Object.keys(response.headers)).toEqual(expect.arrayContaining(['Retry-After', 'retry-after-ms']));
      }
    }
  });

  it('tells every error code where it can happen', () => {
    for (const operation of Object.values(PUBLIC_OPERATIONS)) {
      const responses = operations.find((described) => described.operationId === operation.id)!.responses;
      for (const code of refusalsOf(operation))
        expect(responses[STATUS_OF[code]]?.description).toContain(`\`${code}\``);
    }
  });

  it('lists every code that an error can have', () => {
    for (const code of Object.keys(STATUS_OF))
      expect(JSON.stringify(document.components.schemas['Error'])).toContain(code);
  });

  it('has a page for every code', () => {
    expect(Object.entries(document['x-error-codes']).map(([code, { status }]) => [code, status])).toEqual(
      Object.entries(STATUS_OF).map(([code, status]) => [code, status]),
    );
  });

  it('publishes why a job may fail, and that it is not charged then', () => {
    for (const code of Object.keys(FAILURES))
      expect(JSON.stringify(document.components.schemas['Video'])).toContain(`\`${code}\``);
    expect(JSON.stringify(document.components.schemas['Video'])).toContain('never charged');
  });

  it('has no reference into nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(50);
    for (const reference of new Set(references)) {
      const target = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
      expect(target).not.toHaveProperty('$ref');
    }
  });

  it('speaks of the admin port nowhere', () => expect(JSON.stringify(document)).not.toContain('/admin/'));

  it('says of a create what the validation says', () => {
    expect(document.components.schemas['CreateVideoRequest']).toMatchObject({
      type: 'object',
      required: ['prompt'],
      additionalProperties: false,
      properties: {
        prompt: { minLength: 1, maxLength: 4_000 },
        duration: { type: 'integer', minimum: 1, maximum: 10, description: 'Seconds. 5 by default.' },
        metadata: { maxProperties: 16 },
      },
    });
  });
});
