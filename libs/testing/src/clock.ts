export interface FakeClock {
  now(): Date;
  advance(ms: number): void;
}

/** A clock that stands still until it is told. */
export function fakeClock(start = new Date('2026-03-01T12:00:00.000Z')): FakeClock {
  let millis = start.getTime();
  return {
    now: () => new Date(millis),
    advance: (ms) => {
      millis += ms;
    },
  };
}
