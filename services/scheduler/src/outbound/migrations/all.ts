import { Initial0001 } from './0001-initial';
import { Fleet0002 } from './0002-fleet';

/** In the order in which they run. */
export const MIGRATIONS = [Initial0001, Fleet0002];
