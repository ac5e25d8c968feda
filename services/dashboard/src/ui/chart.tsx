import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 220;
const BAR_PART = 0.62;
const BAR_WIDTH_MAX = 34;

export interface Bars {
  /** What the columns stand on, such as UTC days. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
}

/** Columns over days. The numbers are in the table that follows on the page, or in `summary`. */
export function BarChart({
  bars,
  format,
  summary,
}: {
  bars: Bars;
  format: (value: number) => string;
  summary: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState<{ left: number; top: number; at: number }>();
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const redraw = () => setTheme((drawn) => drawn + 1);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', redraw);
    document.addEventListener('themechange', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      document.removeEventListener('themechange', redraw);
    };
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const plot = new uPlot(
      optionsOf(element, bars, format, setTip),
      [bars.labels.map((_, at) => at), [...bars.values]],
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [bars, format, theme]);
  return (
    <figure className="chart">
      <figcaption className="visually-hidden">{summary}</figcaption>
      <div ref={box} aria-hidden="true" />
      {tip && (
        <div className="chart-tip" style={{ left: tip.left, top: tip.top }}>
          {bars.labels[tip.at]}
          <br />
          <strong>{format(bars.values[tip.at] ?? 0)}</strong>
        </div>
      )}
    </figure>
  );
}

/** A canvas knows no custom properties: the colours are read from where it stands. */
function colourOf(element: Element, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsOf(
  element: HTMLElement,
  bars: Bars,
  format: (value: number) => string,
  onHover: (tip: { left: number; top: number; at: number } | undefined) => void,
): uPlot.Options {
  const ink = colourOf(element, '--ink-3');
  const axis = {
    stroke: ink,
    font: `12px ${getComputedStyle(element).fontFamily}`,
    ticks: { show: false },
    border: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 6, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [-0.6, bars.labels.length - 0.4] },
      y: { range: (_plot, _min, max) => [0, Math.max(max * 1.12, 1)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        values: (_plot, splits) => splits.map((at) => (Number.isInteger(at) ? (bars.labels[at]?.slice(5) ?? '') : '')),
        space: 62,
      },
      {
        ...axis,
        grid: { stroke: colourOf(element, '--line'), width: 1 },
        values: (_plot, splits) => splits.map(format),
        size: 64,
        space: 46,
      },
    ],
    series: [
      {},
      {
        fill: colourOf(element, '--chart'),
        stroke: 'transparent',
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars!({ size: [BAR_PART, BAR_WIDTH_MAX], radius: 0.18 }),
      },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const at = plot.cursor.idx;
          if (at === null || at === undefined || (plot.cursor.left ?? -1) < 0) return onHover(undefined);
          onHover({
            left: plot.valToPos(at, 'x') + plot.bbox.left / devicePixelRatio,
            top: plot.valToPos(bars.values[at] ?? 0, 'y') + plot.bbox.top / devicePixelRatio,
            at,
          });
        },
      ],
    },
  };
}
