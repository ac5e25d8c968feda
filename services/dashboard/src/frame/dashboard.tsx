import { type ComponentType, Suspense, lazy } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useSession } from '../session/session';
import { Empty, Failure, Loading } from '../ui/states';
import { LinkButton } from '../ui/button';
import { Shell } from './shell';

const page = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }));

const SignIn = page(() => import('../session/sign-in'), 'SignIn');
const Register = page(() => import('../session/register'), 'Register');
const Home = page(() => import('../home/home'), 'Home');
const Playground = page(() => import('../playground/playground'), 'Playground');
const Videos = page(() => import('../videos/videos'), 'Videos');
const VideoDetail = page(() => import('../videos/video-detail'), 'VideoDetail');
const Billing = page(() => import('../billing/billing'), 'Billing');
const UsagePage = page(() => import('../billing/usage'), 'UsagePage');
const Keys = page(() => import('../developers/keys'), 'Keys');
const Webhooks = page(() => import('../developers/webhooks'), 'Webhooks');
const LimitsPage = page(() => import('../developers/limits'), 'LimitsPage');
const Team = page(() => import('../account/team'), 'Team');
const SettingsPage = page(() => import('../account/settings'), 'SettingsPage');
const mailLinks = () => import('../session/mail-links');
const Forgot = page(mailLinks, 'Forgot');
const Reset = page(mailLinks, 'Reset');
const Verify = page(mailLinks, 'Verify');
const AcceptInvitation = page(mailLinks, 'AcceptInvitation');

/** Each page is a file of its own, loaded when it is first opened. */
export function Dashboard() {
  const { signed, loading, failure, reload } = useSession();
  if (loading) return <Loading label="Opening the dashboard" />;
  if (failure && !signed)
    return (
      <main className="content">
        <Failure error={failure} retry={() => void reload()} />
      </main>
    );
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/reset">
          <Reset />
        </Route>
        <Route path="/verify">
          <Verify />
        </Route>
        <Route path="/accept-invitation">
          <AcceptInvitation />
        </Route>
        <Route>{signed ? <SignedIn /> : <SignedOut />}</Route>
      </Switch>
    </Suspense>
  );
}

function SignedOut() {
  return (
    <Switch>
      <Route path="/register">
        <Register />
      </Route>
      <Route path="/forgot">
        <Forgot />
      </Route>
      <Route>
        <SignIn />
      </Route>
    </Switch>
  );
}

function SignedIn() {
  return (
    <Shell>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/">
            <Home />
          </Route>
          <Route path="/playground">
            <Playground />
          </Route>
          <Route path="/videos">
            <Videos />
          </Route>
          <Route path="/videos/:id">
            <VideoDetail />
          </Route>
          <Route path="/billing">
            <Billing />
          </Route>
          <Route path="/usage">
            <UsagePage />
          </Route>
          <Route path="/keys">
            <Keys />
          </Route>
          <Route path="/webhooks">
            <Webhooks />
          </Route>
          <Route path="/limits">
            <LimitsPage />
          </Route>
          <Route path="/team">
            <Team />
          </Route>
          <Route path="/settings">
            <SettingsPage />
          </Route>
          <Route path="/sign-in">
            <Redirect to="/" />
          </Route>
          <Route path="/register">
            <Redirect to="/" />
          </Route>
          <Route>
            <Empty
              icon="search"
              title="There is no such page"
              action={<LinkButton to="/">Go to the overview</LinkButton>}
            />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}
