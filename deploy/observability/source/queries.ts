export const RATE = '$__rate_interval';
export const RANGE = '$__range';
/** What a quantile is taken from, by these labels. */
export const quantile = (q: number, metric: string, by: string): string =>
  `histogram_quantile(${q}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[${RATE}])))`;
export const quantiles = (metric: string, by = ''): Record<string, string> => {
  const legend = by === '' ? '' : ` {{${by}}}`;
  return { [`p50${legend}`]: quantile(0.5, metric, by), [`p99${legend}`]: quantile(0.99, metric, by) };
};
