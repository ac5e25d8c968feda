const PASSWORD = 'a staple of batteries';
const EMAIL = 'ann@example.com';

/** A body of each operation that takes one; what it makes is the example of its answer. */
export const REQUEST_EXAMPLES: Readonly<Record<string, object>> = {
  createVideo: {
    prompt: 'a calm sea at dawn, gulls far away',
    resolution: '720p',
    duration: 5,
    metadata: { order: 'A-1042' },
    webhook_url: 'https://shop.example.com/hooks/video',
  },
  createFile: { file: 'the bytes of a PNG, JPEG or WebP' },
  createQuote: { resolution: '720p', duration: 5 },
  setLowBalanceThreshold: { threshold_usd: '20.00' },
  setSpendCap: { limit_usd: '100.00' },
  createTopUp: { amount_usd: '100.00' },
  setAutoTopUp: { enabled: true, threshold_usd: '20.00', amount_usd: '100.00', monthly_max_usd: '500.00' },
  setUpPaymentMethod: { success_url: 'https://shop.example.com/billing' },
  createWebhookEndpoint: {
    url: 'https://shop.example.com/hooks/video',
    events: ['video.completed', 'video.failed'],
    description: 'The shop',
  },
  updateWebhookEndpoint: { enabled: false },
  rotateWebhookEndpointSecret: { overlap_hours: 24 },
  rotateWebhookSecret: { overlap_hours: 24 },
  testWebhookEndpoint: { endpoint_id: 'whe_01J9Z3W5K2T8Q4N6R7V0X1Y2AB' },
  redeliverMany: { endpoint_id: 'whe_01J9Z3W5K2T8Q4N6R7V0X1Y2AB', status: ['failed'] },
  createStreamToken: { job_id: 'job_01J9Z3W5K2T8Q4N6R7V0X1Y2AB', expires_in: 900 },
  register: { email: EMAIL, password: PASSWORD, account_name: 'Ann and Sons' },
  createApiKey: { name: 'The shop', scopes: ['videos'] },
  rotateApiKey: { expire_old_now: true },
  login: { email: EMAIL, password: PASSWORD },
  forgotPassword: { email: EMAIL },
  resetPassword: { token: 'as-in-the-link-of-the-letter', password: PASSWORD },
  verifyEmail: { token: 'as-in-the-link-of-the-letter' },
  acceptInvitation: { token: 'as-in-the-link-of-the-letter', password: PASSWORD },
  chooseAccount: { account_id: 'acc_01J9Z3W5K2T8Q4N6R7V0X1Y2AB' },
  changePassword: { current_password: 'the one before it', new_password: PASSWORD },
  confirmSecondFactor: { code: '287082' },
  signInWithPasskey: {
    flow: 'as-the-options-came-with-it',
    response: { id: 'AbC3', rawId: 'AbC3', type: 'public-key', response: {} },
  },
  addPasskey: {
    flow: 'as-the-options-came-with-it',
    name: 'My phone',
    response: { id: 'AbC3', rawId: 'AbC3', type: 'public-key', response: {} },
  },
  inviteMember: { email: 'dev@example.com', role: 'developer' },
  setMemberRole: { role: 'billing' },
};
