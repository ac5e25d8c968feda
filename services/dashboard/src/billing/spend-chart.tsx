import { Suspense, lazy, useMemo, useState } from 'react';
import { daysBetween, plural, usd, utcDay } from '../api/format';
import { useGet } from '../api/queries';
import type { Usage, UsageGroup } from '../api/types';
import { Card } from '../ui/card';
import { Segments } from '../ui/field';
import { Empty, Failure } from '../ui/states';

const BarChart = lazy(async () => ({ default: (await import('../ui/chart')).BarChart }));
const RANGES = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
] as const;

/** What completed videos cost, by UTC day. */
export function SpendChart() {
  const [range, setRange] = useState<'7' | '30' | '90'>('30');
  const nowMs = Date.now();
  const usage = useGet<Usage<UsageGroup>>(
    '/v1/usage',
    { group_by: 'day', limit: 100, start_date: utcDay(nowMs, Number(range) - 1), end_date: utcDay(nowMs, 0) },
    { keep: true },
  );
  const bars = useMemo(() => usage.data && barsOf(usage.data), [usage.data]);
  const total = usage.data?.totals;
  return (
    <Card
      title="Spend"
      description={
        total ? `${total.cost} for ${plural(total.jobs, 'video')}, ${plural(total.seconds, 'second')} of picture` : ' '
      }
      action={<Segments compact label="Range" value={range} options={RANGES} onChange={setRange} />}
    >
      {usage.error && !bars ? (
        <Failure error={usage.error} retry={() => void usage.refetch()} />
      ) : bars && !bars.values.some((value) => value > 0) ? (
        <div className="chart">
          <Empty icon="chart" title="Nothing was charged in this time" />
        </div>
      ) : (
        <Suspense fallback={<div className="chart" />}>
          {bars ? (
            <BarChart bars={bars} format={usd} summary={`Spend a day: ${total?.cost} in all.`} />
          ) : (
            <div className="chart" />
          )}
        </Suspense>
      )}
    </Card>
  );
}

/** Days without a charge are columns of height nought. */
function barsOf({ data, start_date: start, end_date: end }: Usage<UsageGroup>) {
  const spent = new Map(data.map((row) => [row.group, row.cost_micros]));
  const labels = daysBetween(start, end);
  return { labels, values: labels.map((day) => spent.get(day) ?? 0) };
}
