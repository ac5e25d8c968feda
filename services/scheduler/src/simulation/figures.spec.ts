import fc from 'fast-check';
import { Durations, jainIndex } from './figures';
import { Heap, type Placed } from './heap';
import { JobLine } from './job-line';

it('tells quantiles within 3 %', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95, 0.99, 1),
      (times, share) => {
        const durations = new Durations();
        for (const time of times) durations.add(time);
        const exact = [...times].sort((a, b) => a - b)[Math.ceil(times.length * share) - 1]!;
        expect(Math.abs(durations.quantile(share) / exact - 1)).toBeLessThan(0.03);
        expect(durations.longest).toBe(Math.max(...times));
      },
    ),
  );
  expect(new Durations().quantile(0.5)).toBe(0);
});

it('calls equal shares 1 and everything for one of n 1/n', () => {
  expect(jainIndex([3, 3, 3])).toBeCloseTo(1, 12);
  expect(jainIndex([5, 0, 0, 0])).toBeCloseTo(0.25, 12);
  expect(jainIndex([5])).toBeUndefined();
});

it('takes from a heap in order, whatever was taken out before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.boolean())), (entries) => {
      const heap = new Heap<Placed & { readonly key: number }>((a, b) => a.key < b.key);
      const items = entries.map(([key, stays]) => ({ key, stays, place: -1 }));
      for (const item of items) heap.push(item);
      for (const item of items) if (!item.stays) heap.remove(item);
      const taken: number[] = [];
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) taken.push(item.key);
      const stayed = items.filter(({ stays }) => stays).map(({ key }) => key);
      expect(taken).toEqual(stayed.sort((a, b) => a - b));
    }),
  );
});

it('puts a job back where it stood in the line', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (steps) => {
      const line = new JobLine<{ order: number }>();
      const [model, out]: [number[], number[]] = [[], []];
      steps.forEach((adds, order) => {
        line.add({ order });
        model.push(order);
        if (adds || model.length === 0) return;
        if (out.length > 0 && order % 3 === 0) {
          const back = out.shift()!;
          line.putBack({ order: back });
          model.push(back);
          model.sort((a, b) => a - b);
        }
        out.push(model.shift()!);
        expect(line.take().order).toBe(out.at(-1));
      });
      expect(line.first(line.length).map(({ order }) => order)).toEqual(model);
    }),
  );
});
