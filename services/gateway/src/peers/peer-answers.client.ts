import { hasStatus, status } from '@usvideo/runtime';
import { z } from 'zod';
import { ledgerRefusal } from '../refusals/ledger-refusal';
import { Refusal, jobNotFound } from '../refusals/refusal';
import { validate } from '../validation/schema';

/** An answer of the scheduler, or the refusal that reads the same for every job that is not the caller's. */
export function knownJob<T>(answer: Promise<T>): Promise<T> {
  return known(answer, jobNotFound);
}

export async function known<T>(answer: Promise<T>, notFound: () => Refusal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (hasStatus(error, status.NOT_FOUND)) throw notFound();
    throw error;
  }
}

/** An answer of the ledger, or why it moves no money. */
export async function moved<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { details } = (error ?? {}) as { details?: unknown };
    throw (typeof details === 'string' ? ledgerRefusal(details) : undefined) ?? error;
  }
}

const emptyBody = z.strictObject({});

/** Operations without a body accept an empty object or null, which many clients send. */
export function refuseBody(body: unknown): void {
  if (body !== undefined && body !== null) validate(emptyBody, body);
}
