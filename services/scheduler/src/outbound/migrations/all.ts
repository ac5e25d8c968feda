import { Initial0001 } from './0001-initial';
import { Fleet0002 } from './0002-fleet';
import { Refunds0003 } from './0003-refunds';

/** In the order in which they run. */
export const MIGRATIONS = [Initial0001, Fleet0002, Refunds0003];
