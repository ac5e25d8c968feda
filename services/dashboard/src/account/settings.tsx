import { useGet } from '../api/queries';
import type { Account } from '../api/types';
import { useSession } from '../session/session';
import { exactTime } from '../api/format';
import { CopyButton } from '../ui/button';
import { Card, Facts, Mono, PageHeader } from '../ui/card';
import { Failure, Skeleton, Status } from '../ui/states';
import { Appearance } from './appearance';
import { PasskeysCard } from './passkeys';
import { PasswordCard } from './password';
import { SecondFactorCard } from './second-factor';

export function SettingsPage() {
  const { signed } = useSession();
  const account = useGet<Account>('/v1/account');
  const { data } = account;
  return (
    <>
      <PageHeader title="Settings" />
      {account.error && !data && <Failure error={account.error} retry={() => void account.refetch()} />}
      <div className="grid-2">
        <div className="stack">
          <Card title="Account">
            <Facts
              rows={[
                ['Name', data?.name ?? <Skeleton width={120} />],
                [
                  'Id',
                  data ? (
                    <>
                      <Mono>{data.account_id}</Mono>{' '}
                      <CopyButton compact text={data.account_id} label="Copy the account's id" />
                    </>
                  ) : (
                    <Skeleton width={160} />
                  ),
                ],
                ['Email', data?.email ?? <Skeleton width={160} />],
                ['Plan', data?.plan ?? <Skeleton width={80} />],
                ['Status', data ? <Status status={data.status} /> : <Skeleton width={60} />],
                ['Since', data?.created_at ? exactTime(data.created_at) : <Skeleton width={120} />],
              ]}
            />
          </Card>
          <Appearance />
        </div>
        {signed?.kind === 'session' && (
          <div className="stack">
            <PasswordCard />
            <PasskeysCard />
            <SecondFactorCard enabled={signed.session.user.mfa_enabled} />
          </div>
        )}
      </div>
    </>
  );
}
