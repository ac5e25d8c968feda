import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Peers } from '../peers/peers.client';
import { CONFIG } from '../tokens';
import { DualControl } from './dual-control.client';
import { MoneyMoves } from './money-moves.client';
import { OperatorOrders } from './operator-orders.client';
import { OperatorsModule } from './operators.module';
import { OperatorVerifier } from '../identity/operator-verifier.client';

const shared = [
  { provide: Peers, useValue: {} },
  { provide: OperatorVerifier, useValue: {} },
  { provide: CONFIG, useValue: { DUAL_CONTROL_USD: 100_000_000n } },
];

@Global()
@Module({ providers: shared, exports: shared.map(({ provide }) => provide) })
class SharedParts {}

const nina = {
  name: 'nina',
  role: 'operator',
  bootstrap: false,
  actor: { author: 'nina', address: '198.51.100.7', requestId: 'req_1' },
} as const;
const credit = { kind: 'credit', accountId: 'acc_1', reference: 'invoice-1', reason: '' } as const;

describe('the module of operators', () => {
  it('gives dual control the limit of the settings, and the moves and records of the module', async () => {
    const moved: bigint[] = [];
    const recorded: string[] = [];
    const module = await Test.createTestingModule({ imports: [SharedParts, OperatorsModule] })
      .overrideProvider(MoneyMoves)
      .useValue({
        demandAccount: async () => undefined,
        carryOut: async ({ amountMicros }: { amountMicros: bigint }) => {
          moved.push(amountMicros);
          return {};
        },
      })
      .overrideProvider(OperatorOrders)
      .useValue({ record: async (_: unknown, { action }: { action: string }) => void recorded.push(action) })
      .compile();
    const control = module.get(DualControl);

    await control.move(nina, { ...credit, amountMicros: 100_000_000n }, 'nina');
    expect([moved, recorded]).toEqual([[100_000_000n], ['credit_ordered']]);

    await expect(control.move(nina, { ...credit, amountMicros: 100_000_001n }, 'nina')).rejects.toMatchObject({
      code: 'invalid_request',
      extras: { details: [{ field: 'note', message: 'is required where a second operator has to approve' }] },
    });
    expect(moved).toHaveLength(1);
    await module.close();
  });
});
