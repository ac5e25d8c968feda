import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '../api/client';
import { Button } from './button';
import { Icon } from './icons';
import { Notice } from './states';

export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  wide = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className={wide ? 'dialog wide' : 'dialog'}>
          <header>
            <Base.Title>{title}</Base.Title>
            <Base.Close className="icon-button" aria-label="Close">
              <Icon name="close" />
            </Base.Close>
          </header>
          {description && <Base.Description>{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface Confirmation {
  readonly title: string;
  readonly description: ReactNode;
  readonly confirm: string;
  readonly run: () => Promise<unknown>;
}

/** Something that cannot be taken back: the button says what it does, and a refusal is shown where it was asked. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  description,
  confirm,
  run,
}: Confirmation & { open: boolean; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();
  const go = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await run();
      onClose();
    } catch (error) {
      setRefusal(error as ApiError);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onClose={onClose} title={title} description={description}>
      {refusal && <Notice tone="bad">{refusal.message}</Notice>}
      <footer>
        <Button onClick={onClose}>Keep it as it is</Button>
        <Button look="danger" busy={busy} onClick={() => void go()}>
          {confirm}
        </Button>
      </footer>
    </Dialog>
  );
}

export function ConfirmButton({
  label,
  look = 'plain',
  small = false,
  icon,
  ...confirmation
}: Confirmation & {
  label: string;
  look?: 'plain' | 'danger' | 'quiet';
  small?: boolean;
  icon?: 'trash' | 'stop' | 'refresh';
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look={look} small={small} {...(icon ? { icon } : {})} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog {...confirmation} open={open} onClose={() => setOpen(false)} />
    </>
  );
}
