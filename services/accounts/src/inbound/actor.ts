import type { Actor as ActorMessage } from '@usvideo/contracts/accounts';
import type { Actor } from '../audit/audit';

/** Of a request; callers of the version before say the author only. */
export function actorOf({
  actor,
  author = '',
}: {
  readonly actor?: ActorMessage | undefined;
  readonly author?: string;
}): Actor {
  return { author: actor?.author || author, address: actor?.address ?? '', requestId: actor?.requestId ?? '' };
}
