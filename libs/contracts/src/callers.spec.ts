import { AccountsServiceService, MembersServiceService, OperatorsServiceService } from '@usvideo/contracts/accounts';
import { EventLogServiceService, ParkedEventsServiceService } from '@usvideo/contracts/events';
import { LedgerServiceService } from '@usvideo/contracts/ledger';
import { SchedulerServiceService } from '@usvideo/contracts/scheduler';
import { WebhooksServiceService } from '@usvideo/contracts/webhooks';
import { CALLER_METHODS, type Callee } from './callers';

const methodsOf = (...services: Record<string, { path: string }>[]) =>
  services.flatMap((service) => Object.values(service).map(({ path }) => path));

const SERVED: Record<Callee, string[]> = {
  accounts: methodsOf(AccountsServiceService, MembersServiceService, OperatorsServiceService, EventLogServiceService),
  ledger: methodsOf(LedgerServiceService, EventLogServiceService, ParkedEventsServiceService),
  scheduler: methodsOf(SchedulerServiceService, EventLogServiceService, ParkedEventsServiceService),
  webhooks: methodsOf(WebhooksServiceService, ParkedEventsServiceService),
};

describe.each(Object.keys(SERVED) as Callee[])('the methods of %s', (callee) => {
  const allowed = Object.values(CALLER_METHODS).flatMap((callees) => callees[callee] ?? []);

  it('each have a caller, and no caller has one that does not exist', () => {
    expect([...new Set(allowed)].sort()).toEqual(SERVED[callee].sort());
  });

  it('have one caller each, but what the gateway may ask too and the events that were missed', () => {
    const twice = allowed.filter((path, index) => allowed.indexOf(path) !== index);
    expect(twice.filter((path) => !/\/(ReadEvents|ReadEpochEnd)$/.test(path) && !path.endsWith('/ListPrices'))).toEqual(
      [],
    );
  });
});
