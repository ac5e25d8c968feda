import { Initial0001 } from './0001-initial';
import { Fleet0002 } from './0002-fleet';
import { Refunds0003 } from './0003-refunds';
import { Epochs0004 } from './0004-epochs';
import { SchemaLevel0005 } from './0005-schema-level';
import { LeaseGrace0006 } from './0006-lease-grace';
import { Retention0007 } from './0007-retention';
import { Cordons0008 } from './0008-cordons';
import { RefundEvents0009 } from './0009-refund-events';
import { OldestFirst0010 } from './0010-oldest-first';
import { ArtifactDeletions0011 } from './0011-artifact-deletions';
import { ErasedEndUsers0012 } from './0012-erased-end-users';
import { Uploads0013 } from './0013-uploads';
import { RemoteEngines0014 } from './0014-remote-engines';
import { Operations0015 } from './0015-operations';

/** In the order in which they run. */
export const MIGRATIONS = [
  Initial0001,
  Fleet0002,
  Refunds0003,
  Epochs0004,
  SchemaLevel0005,
  LeaseGrace0006,
  Retention0007,
  Cordons0008,
  RefundEvents0009,
  OldestFirst0010,
  ArtifactDeletions0011,
  ErasedEndUsers0012,
  Uploads0013,
  RemoteEngines0014,
  Operations0015,
];
