/** The `Clock` that attempts are scheduled by: the database's, unless a test shifts it. */
export const CLOCK = Symbol('clock');
