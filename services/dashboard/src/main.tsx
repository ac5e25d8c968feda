import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { Dashboard } from './frame/dashboard';
import { readTheme, showTheme } from './session/browser';
import { SessionProvider } from './session/session';
import './styles/all.css';
import { Toasts } from './ui/toast';

showTheme(readTheme());
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <Router base="/dashboard">
        <SessionProvider>
          <Dashboard />
        </SessionProvider>
      </Router>
      <Toasts />
    </CSPProvider>
  </StrictMode>,
);
