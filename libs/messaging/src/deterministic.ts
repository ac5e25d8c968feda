import { isTransient, type LoggedEvent } from '@usvideo/event-store';

/** Thrown by a handler that will never be able to take this event: its stream is parked. */
export class ParkEvent extends Error {
  override readonly name = 'ParkEvent';

  constructor(reason: string) {
    super(reason);
  }
}

/** Data exceptions and violated constraints: the same event meets them again each time. */
const DETERMINISTIC_SQLSTATES = /^(22|23)/;

/** Whether the same event would fail in the same way again. What is not known to be deterministic is tried again. */
export function isDeterministic(error: unknown): error is Error {
  if (error instanceof ParkEvent) return true;
  if (isTransient(error)) return false;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return DETERMINISTIC_SQLSTATES.test(code);
  return error instanceof TypeError || error instanceof RangeError;
}

interface EventCodec<Case> {
  decode(payload: Uint8Array): { event?: Case | undefined };
}

/**
 * The event inside the payload, as the union of the topic's message: `decodeEvent(JobEvent, event).$case`.
 * @throws ParkEvent for a kind that this version does not know, or bytes that are not the topic's message
 */
export function decodeEvent<Case extends { $case: string }>(codec: EventCodec<Case>, event: LoggedEvent): Case {
  const decoded = decodePayload(codec, event);
  if (decoded === undefined) throw new ParkEvent(`unknown kind ${event.kind}`);
  return decoded;
}

function decodePayload<Case>(codec: EventCodec<Case>, event: LoggedEvent): Case | undefined {
  try {
    return codec.decode(event.payload).event;
  } catch (error) {
    throw new ParkEvent(`unreadable payload of kind ${event.kind}: ${(error as Error).message}`);
  }
}
