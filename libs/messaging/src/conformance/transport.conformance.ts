import { failureConformance } from './failure.conformance';
import { deliveryConformance } from './delivery.conformance';
import { deliveryAuditConformance } from './delivery-audit.conformance';
import { parkingConformance } from './parking.conformance';
import { restoreConformance } from './restore.conformance';
import { World, type TransportHarness } from './world.fixture';

/** What every transport promises. A test file of the transport calls this with its harness. */
export function transportConformance(harness: TransportHarness): void {
  describe(`the ${harness.name} transport`, () => {
    let world: World;
    beforeEach(async () => {
      world = await World.open(harness);
    });
    afterEach(() => world.close());
    describe('delivers', () => deliveryConformance(() => world));
    describe('survives', () => failureConformance(() => world));
    describe('is found to owe', () => deliveryAuditConformance(() => world));
    describe('goes on after a restore', () => restoreConformance(() => world));
    describe('parks', () => parkingConformance(() => world));
  });
}
