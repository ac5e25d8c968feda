import { type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { usd } from '../api/format';
import { useGet } from '../api/queries';
import type { Balance } from '../api/types';
import { type Theme, readTheme, showTheme } from '../session/browser';
import { useSession } from '../session/session';
import { useSignInMethods } from '../session/sign-in-methods';
import { Segments } from '../ui/field';
import { Frame } from '../ui/frame';
import { Icon, Mark } from '../ui/icons';
import { Menu } from '../ui/menu';
import { Notice, Skeleton } from '../ui/states';
import { Navigation } from './navigation';

const BALANCE_EVERY_MS = 30_000;

export function Shell({ children }: { children: ReactNode }) {
  const { environment, signed } = useSession();
  const [location] = useLocation();
  useEffect(() => {
    // Its value is a promise in newer browsers, and an effect may return only what ends it.
    window.scrollTo(0, 0);
  }, [location]);
  const band = environment === 'test' && (
    <div className="test-band" role="status">
      Test environment: play money, a sandbox engine, nothing is charged.
    </div>
  );
  const bar = (
    <>
      <EnvironmentSwitch />
      <span className="grow" />
      <BalancePill />
    </>
  );
  const methods = useSignInMethods();
  const isUnproven = signed?.kind === 'session' && !signed.session.user.email_verified;
  return (
    <Frame menu={<Side />} band={band} bar={bar}>
      {isUnproven && (
        <Notice tone="warn" title="Your address is not proven yet">
          {methods?.letters === false ? (
            'This installation sends no letters: its operator can prove it.'
          ) : (
            <>A letter with a link went to {signed.session.user.email}.</>
          )}
        </Notice>
      )}
      {children}
    </Frame>
  );
}

function Side() {
  return (
    <>
      <Link href="/" className="brand">
        <Mark />
        US Video API
      </Link>
      <Navigation />
      <div className="sidebar-end">
        <AccountMenu />
      </div>
    </>
  );
}

function EnvironmentSwitch() {
  const { signed, keys, environment, setEnvironment } = useSession();
  if (signed?.kind === 'keys' && (!keys.live || !keys.test))
    return (
      <span className={`badge ${environment === 'test' ? 'warn' : 'good'}`}>
        {environment === 'test' ? 'Test' : 'Live'}
      </span>
    );
  return (
    <Segments
      compact
      label="Environment"
      value={environment}
      options={[
        ['test', 'Test'],
        ['live', 'Live'],
      ]}
      onChange={setEnvironment}
    />
  );
}

function BalancePill() {
  const { data } = useGet<Balance>('/v1/balance', undefined, { refetchInterval: BALANCE_EVERY_MS });
  return (
    <Link
      href="/billing"
      className="balance-pill"
      aria-label={data ? `Available balance ${usd(data.available_micros)}` : 'Balance'}
    >
      <Icon name="wallet" size={16} />
      {data ? usd(data.available_micros) : <Skeleton width={58} />}
    </Link>
  );
}

function AccountMenu() {
  const { signed, account, signOut } = useSession();
  const [theme, setTheme] = useState<Theme>(readTheme);
  const [, navigate] = useLocation();
  const email = signed?.kind === 'session' ? signed.session.user.email : 'Signed in with an API key';
  const choose = (next: Theme) => {
    showTheme(next);
    setTheme(next);
  };
  return (
    <Menu
      className="account"
      trigger={
        <>
          <span className="visually-hidden">Account menu: </span>
          <span className="avatar" aria-hidden="true">
            {(account.name || '?').charAt(0).toUpperCase()}
          </span>
          <span className="who">
            <span>{account.name}</span>
            <span>{email}</span>
          </span>
          <Icon name="down" size={16} />
        </>
      }
      header={
        <Segments
          compact
          label="Appearance"
          value={theme}
          options={[
            ['system', 'System'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={choose}
        />
      }
      items={[
        { label: 'Settings', icon: 'settings', run: () => navigate('/settings') },
        { label: 'Sign out', icon: 'out', run: () => void signOut() },
      ]}
    />
  );
}
