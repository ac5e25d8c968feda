import type { OperatorsServiceClient } from '@usvideo/contracts/accounts';
import { OperatorVerifier } from './operator-verifier.client';

const TOKEN = `usv_op_${'o'.repeat(43)}`;
const BOOTSTRAP = 'token-of-the-installation';
let nowMs = 0;
let asked = 0;
type Answer = (error: null, response: object) => void;
const client = {
  verifyOperator: (_request: object, _metadata: object, _options: object, answer: Answer) => {
    asked++;
    answer(null, { operator: { name: 'ann', role: 'support' } });
  },
};
const verifier = () => new OperatorVerifier(client as unknown as OperatorsServiceClient, BOOTSTRAP, () => nowMs);

beforeEach(() => {
  asked = 0;
});

test('a personal token is asked about once in five seconds, whatever the time of day', async () => {
  const operators = verifier();
  const ann = { name: 'ann', role: 'support', bootstrap: false };
  expect([await operators.verify(TOKEN), await operators.verify(TOKEN), asked]).toEqual([ann, ann, 1]);
  nowMs += 5_001;
  await operators.verify(TOKEN);
  expect(asked).toBe(2);
  operators.forgetAll();
  await operators.verify(TOKEN);
  expect(asked).toBe(3);
});

test("the token of the installation is known without asking, and what cannot be a token is nobody's", async () => {
  expect(await verifier().verify(BOOTSTRAP)).toMatchObject({ name: 'bootstrap', role: 'operator', bootstrap: true });
  for (const token of ['', 'usv_op_short', `${TOKEN}x`]) expect(await verifier().verify(token)).toBeUndefined();
  expect(asked).toBe(0);
});
