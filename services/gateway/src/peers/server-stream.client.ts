import type { ClientReadableStream } from '@grpc/grpc-js';

/**
 * The messages of a streaming call, read only as fast as they are taken. Breaking out of the loop ends the call; so does the
 * signal, and then it fails, because what was read is not all.
 */
export async function* messagesOf<Message>(
  open: () => ClientReadableStream<Message>,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  signal.throwIfAborted();
  const stream = open();
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    yield* stream as AsyncIterable<Message>;
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.on('error', ignoreCancellation);
    stream.cancel();
  }
}

/** Cancelling a call makes it fail with CANCELLED, which is what was asked for. */
function ignoreCancellation(): void {
  return undefined;
}
