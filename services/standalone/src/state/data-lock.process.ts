import type * as Sqlite from 'node:sqlite';

const TRY_EVERY_MS = 100;
/** SQLITE_BUSY: somebody else holds it (https://sqlite.org/rescode.html#busy). */
const BUSY = 5;

export interface HeldLock {
  release(): void;
}

/**
 * A lock that is the kernel's: it ends with the process that holds it, however that ends, and no process id has to be believed. Node has
 * no call for such locks; SQLite, which comes with it, takes one on the file that it opens (https://sqlite.org/lockingv3.html).
 * Answers undefined when somebody else still holds it after the time given.
 */
export async function lockFile(file: string, withinMs: number): Promise<HeldLock | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const held = tryLock(file);
    if (held !== undefined || performance.now() >= deadline) return held;
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
}

function tryLock(file: string): HeldLock | undefined {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite') as typeof Sqlite;
  const database = new DatabaseSync(file);
  try {
    database.exec('begin exclusive');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === BUSY) return undefined;
    throw error;
  }
}
