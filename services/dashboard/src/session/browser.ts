import type { Environment } from '../api/client';

/** What the browser keeps between visits: tastes, never secrets. */
const ENVIRONMENT = 'usvideo.environment';
const THEME = 'usvideo.theme';
const CHANNEL = 'usvideo.session';

export type Theme = 'system' | 'light' | 'dark';

export function readEnvironment(): Environment {
  return localStorage.getItem(ENVIRONMENT) === 'live' ? 'live' : 'test';
}

export function saveEnvironment(environment: Environment): void {
  localStorage.setItem(ENVIRONMENT, environment);
}

export function readTheme(): Theme {
  const theme = localStorage.getItem(THEME);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function showTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(THEME);
  else localStorage.setItem(THEME, theme);
  document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event('themechange'));
}

/** Tells the other tabs of this browser. */
export function tellSessionChange(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('changed');
  channel.close();
}

export function onSessionChange(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = listener;
  return () => channel.close();
}
