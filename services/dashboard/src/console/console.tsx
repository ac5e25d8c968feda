import { QueryClientProvider } from '@tanstack/react-query';
import { type ComponentType, Suspense, lazy, useMemo, useState } from 'react';
import { Route, Switch } from 'wouter';
import { ApiClient } from '../api/client';
import { ApiContext } from '../api/context';
import { makeQueryClient } from '../api/queries';
import { LinkButton } from '../ui/button';
import { Empty, Loading } from '../ui/states';
import { ConsoleShell } from './console-shell';
import { OperatorSignIn } from './operator-sign-in';

const page = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }));

const Accounts = page(() => import('../customers/accounts'), 'Accounts');
const AccountDetail = page(() => import('../customers/account-detail'), 'AccountDetail');
const Prices = page(() => import('../operator/prices'), 'Prices');
const Proof = page(() => import('../operator/proof'), 'Proof');
const QueuePage = page(() => import('../operator/queue'), 'QueuePage');
const UsageReport = page(() => import('../operator/usage-report'), 'UsageReport');
const Fleet = page(() => import('../operator/fleet'), 'Fleet');
const Operators = page(() => import('../operator/operators'), 'Operators');
const Orders = page(() => import('../operator/orders'), 'Orders');
const Audit = page(() => import('../operator/audit'), 'Audit');
const Consumers = page(() => import('../operator/consumers'), 'Consumers');

/** The operators' side. The token is held in this page's memory and nowhere else: a reload asks for it again. */
export function Console() {
  const [token, setToken] = useState<string>();
  const queries = useMemo(() => makeQueryClient(), [token]);
  const scope = useMemo(
    () => ({ api: new ApiClient({ kind: 'bearer', secret: token ?? '' }), scope: 'operator' }),
    [token],
  );
  if (token === undefined) return <OperatorSignIn onToken={setToken} />;
  return (
    <ApiContext value={scope}>
      <QueryClientProvider client={queries}>
        <ConsoleShell onSignOut={() => setToken(undefined)}>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/">
                <Accounts />
              </Route>
              <Route path="/accounts/:id">
                <AccountDetail />
              </Route>
              <Route path="/queue">
                <QueuePage />
              </Route>
              <Route path="/usage">
                <UsageReport />
              </Route>
              <Route path="/fleet">
                <Fleet />
              </Route>
              <Route path="/operators">
                <Operators />
              </Route>
              <Route path="/audit">
                <Audit />
              </Route>
              <Route path="/orders">
                <Orders />
              </Route>
              <Route path="/prices">
                <Prices />
              </Route>
              <Route path="/proof">
                <Proof />
              </Route>
              <Route path="/events">
                <Consumers />
              </Route>
              <Route>
                <Empty
                  icon="search"
                  title="There is no such page"
                  action={<LinkButton to="/">Go to the accounts</LinkButton>}
                />
              </Route>
            </Switch>
          </Suspense>
        </ConsoleShell>
      </QueryClientProvider>
    </ApiContext>
  );
}
