import recorded from './examples.json';

/** Answers that a platform gave, by operation and status; `RECORD_EXAMPLES=true npm test -- one-process` records them again. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = recorded;

/** Those that take a letter, a card or a finger: their answer has the form of another's. */
const SAME_AS: Readonly<Record<string, string>> = {
  acceptInvitation: 'login',
  signInWithPasskey: 'login',
  resetPassword: 'changePassword',
  verifyEmail: 'changePassword',
  confirmSecondFactor: 'changePassword',
  removePasskey: 'changePassword',
  setMemberRole: 'inviteMember',
};

/** What was answered once with this status, if it was. */
export function exampleOf(operationId: string, status: string): unknown {
  const [same] = Object.values(ANSWERS[SAME_AS[operationId] ?? ''] ?? {});
  return ANSWERS[operationId]?.[status] ?? same;
}
