import { type ReactNode, useEffect } from 'react';
import { Icon, Mark } from '../ui/icons';

/** The form on one side; on the other what one gets, where there is room. */
export function AuthPage({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · US Video API`;
  }, [title]);
  return (
    <div className="auth">
      <main className="auth-form">
        <div>
          <Mark size={38} />
          <div>
            <h1>{title}</h1>
            {lead && <p className="lead">{lead}</p>}
          </div>
          {children}
          {foot && <div className="auth-foot">{foot}</div>}
        </div>
      </main>
      <aside className="auth-side">
        <div>
          <h2>From a prompt to a played video in five minutes.</h2>
          <ul>
            <li>
              <Icon name="check" />A test key that costs nothing and walks the real states
            </li>
            <li>
              <Icon name="check" />
              Prepaid: only a completed video is ever charged
            </li>
            <li>
              <Icon name="check" />
              Polling, an event stream or signed webhooks
            </li>
          </ul>
        </div>
        <FilmArt />
      </aside>
    </div>
  );
}

function FilmArt() {
  const frames = Array.from({ length: 6 }, (_, at) => at);
  return (
    <svg className="auth-art" viewBox="0 0 520 520" aria-hidden="true">
      <g transform="rotate(-24 260 260)">
        {[0, 1, 2].map((row) => (
          <g key={row} transform={`translate(${row % 2 === 0 ? -40 : 10} ${row * 170})`}>
            {frames.map((at) => (
              <g key={at} transform={`translate(${at * 150} 0)`}>
                <rect width="138" height="150" rx="12" fill="#1a2342" />
                <rect
                  x="10"
                  y="28"
                  width="118"
                  height="94"
                  rx="8"
                  fill={`hsl(${222 + at * 9 + row * 14} 62% ${26 + ((at + row) % 3) * 9}%)`}
                />
                <path
                  d={`M10 ${104 - at * 5} C 40 ${78 + row * 6}, 84 ${112 - at * 4}, 128 ${80 + at * 3} V114 a8 8 0 0 1 -8 8 H18 a8 8 0 0 1 -8 -8z`}
                  fill="#0d1430"
                  opacity="0.55"
                />
                <circle cx={36 + at * 12} cy={52 + row * 5} r="9" fill="#ffd9a0" opacity="0.8" />
                {[18, 42, 66, 90, 114].map((x) => (
                  <g key={x}>
                    <rect x={x} y="9" width="9" height="9" rx="2" fill="#0f1424" />
                    <rect x={x} y="132" width="9" height="9" rx="2" fill="#0f1424" />
                  </g>
                ))}
              </g>
            ))}
          </g>
        ))}
      </g>
    </svg>
  );
}
