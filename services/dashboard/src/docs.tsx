import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { Docs } from './docs/docs';
import { readTheme, showTheme } from './session/browser';
import { SessionProvider } from './session/session';
import './styles/all.css';
import './styles/docs.css';
import { Toasts } from './ui/toast';

showTheme(readTheme());
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <Router base="/docs">
        <SessionProvider>
          <Docs />
        </SessionProvider>
      </Router>
      <Toasts />
    </CSPProvider>
  </StrictMode>,
);
