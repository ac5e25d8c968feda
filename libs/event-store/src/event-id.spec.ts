import { decodeTime } from 'ulid';
import { newEventId } from './event-id';

test('an event id carries its time and is never the same', () => {
  const at = new Date('2026-06-15T12:00:00.123Z');
  const ids = Array.from({ length: 20_000 }, () => newEventId(at));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^evt_[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
  expect(decodeTime(ids[0]!.slice(4))).toBe(at.getTime());
});

test('all characters are drawn alike', () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 4_000; n++) for (const character of newEventId(new Date(0)).slice(-16)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(32);
  expect(Math.min(...counts.values())).toBeGreaterThan(1_600);
  expect(Math.max(...counts.values())).toBeLessThan(2_400);
});
