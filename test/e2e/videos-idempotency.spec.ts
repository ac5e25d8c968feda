import { ownPlatform } from './stage';
import { idempotency } from './videos-idempotency';

idempotency(ownPlatform({ ENGINES: 'sandbox' }));
