import { AccountsServiceClient, MembersServiceClient, OperatorsServiceClient } from '@usvideo/contracts/accounts';
import { ParkedEventsServiceClient } from '@usvideo/contracts/events';
import { LedgerServiceClient } from '@usvideo/contracts/ledger';
import { type SchedulerAnswer, type SchedulerCall, SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { WebhooksServiceClient } from '@usvideo/contracts/webhooks';
import { ExchangeClient } from '@usvideo/exchange';
import { type Logger, type Readiness, dial, isReachable } from '@usvideo/runtime';

export interface PeerAddresses {
  readonly SERVICE_TOKEN?: string | undefined;
  readonly ACCOUNTS_GRPC_URL: string;
  readonly LEDGER_GRPC_URL: string;
  readonly SCHEDULER_GRPC_URL: string;
  readonly WEBHOOKS_GRPC_URL: string;
}

const READY_WITHIN_MS = 1_000;

/** The four services behind the gateway. */
export class Peers {
  readonly accounts: AccountsServiceClient;
  /** Of the accounts service too. */
  readonly members: MembersServiceClient;
  /** Of the accounts service too. */
  readonly operators: OperatorsServiceClient;
  readonly ledger: LedgerServiceClient;
  readonly scheduler: SchedulerServiceClient;
  readonly webhooks: WebhooksServiceClient;
  /** Job watches only, on a connection of their own: a customer who does not read must not hold up anybody's calls. */
  readonly watches: SchedulerServiceClient;
  /** Of each service that hears events: what it set aside. */
  readonly parked: Readonly<Record<'ledger' | 'scheduler' | 'webhooks', ParkedEventsServiceClient>>;
  /** Creates, rate checks and reads of one job: the hot calls. */
  readonly exchange: ExchangeClient<SchedulerCall, SchedulerAnswer>;
  #reached = false;

  constructor(addresses: PeerAddresses, logger: Logger) {
    const { SERVICE_TOKEN: token } = addresses;
    this.accounts = dial(AccountsServiceClient, addresses.ACCOUNTS_GRPC_URL, token);
    this.members = dial(MembersServiceClient, addresses.ACCOUNTS_GRPC_URL, token);
    this.operators = dial(OperatorsServiceClient, addresses.ACCOUNTS_GRPC_URL, token);
    this.ledger = dial(LedgerServiceClient, addresses.LEDGER_GRPC_URL, token);
    this.scheduler = dial(SchedulerServiceClient, addresses.SCHEDULER_GRPC_URL, token);
    this.watches = dial(SchedulerServiceClient, addresses.SCHEDULER_GRPC_URL, token, true);
    this.webhooks = dial(WebhooksServiceClient, addresses.WEBHOOKS_GRPC_URL, token);
    this.parked = {
      ledger: dial(ParkedEventsServiceClient, addresses.LEDGER_GRPC_URL, token),
      scheduler: dial(ParkedEventsServiceClient, addresses.SCHEDULER_GRPC_URL, token),
      webhooks: dial(ParkedEventsServiceClient, addresses.WEBHOOKS_GRPC_URL, token),
    };
    this.exchange = new ExchangeClient({ open: () => this.scheduler.exchange(), logger });
  }

  /**
   * A gateway is of use once it has reached all of them. Later it answers for whichever is there: were each gateway to leave when
   * one service does, the customers would lose all of the API.
   */
  async ready(): Promise<Readiness> {
    const peers = await this.reachable();
    this.#reached ||= Object.values(peers).every(Boolean);
    return this.#reached ? { needs: {}, uses: peers } : { needs: peers };
  }

  private async reachable(): Promise<Record<string, boolean>> {
    const { accounts, ledger, scheduler, webhooks } = this;
    const states = await Promise.all(
      Object.entries({ accounts, ledger, scheduler, webhooks }).map(async ([name, client]) => {
        return [name, await isReachable(client, READY_WITHIN_MS)] as const;
      }),
    );
    return Object.fromEntries(states);
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
    const clients = [
      this.accounts,
      this.members,
      this.operators,
      this.ledger,
      this.scheduler,
      this.watches,
      this.webhooks,
      ...Object.values(this.parked),
    ];
    for (const client of clients) client.close();
  }
}
