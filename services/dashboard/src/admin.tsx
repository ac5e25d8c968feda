import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { Console } from './console/console';
import { readTheme, showTheme } from './session/browser';
import './styles/all.css';
import { Toasts } from './ui/toast';

showTheme(readTheme());
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <Router base="/console">
        <Console />
      </Router>
      <Toasts />
    </CSPProvider>
  </StrictMode>,
);
