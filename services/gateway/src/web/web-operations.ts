import { type Operation, type Operations, anyone } from '../access/operation';

function page(id: string, summary: string): Operation {
  return {
    id,
    tag: 'Pages',
    summary,
    access: anyone('documents'),
    answers: { 200: { description: summary } },
    refusals: [],
  };
}

/** What the ports serve to browsers besides their APIs; none of it is in the reference. */
export const DASHBOARD_OPERATIONS: Operations = {
  'GET /': page('toDashboard', 'The way to the dashboard'),
  'GET /dashboard': page('getDashboard', 'The dashboard'),
  'GET /dashboard/*': page('getDashboardPage', 'A page of the dashboard'),
  'GET /docs': page('getDocs', 'The documentation'),
  'GET /docs/*': page('getDocsPage', 'A page of the documentation'),
  'GET /assets/*': page('getDashboardAsset', 'A file of the dashboard'),
  'GET /favicon.svg': page('getDashboardIcon', 'The icon of the dashboard'),
};

export const CONSOLE_OPERATIONS: Operations = {
  'GET /': page('toConsole', 'The way to the console'),
  'GET /console': page('getConsole', 'The console'),
  'GET /console/*': page('getConsolePage', 'A page of the console'),
  'GET /assets/*': page('getConsoleAsset', 'A file of the console'),
  'GET /favicon.svg': page('getConsoleIcon', 'The icon of the console'),
};
