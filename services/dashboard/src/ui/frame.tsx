import { Dialog } from '@base-ui/react/dialog';
import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { Icon } from './icons';

/** A page's frame: its menu at the side, in a drawer where there is no room, and a bar above the content. */
export function Frame({
  band,
  bar,
  children,
  className,
  menu,
}: {
  band?: ReactNode;
  bar: ReactNode;
  children: ReactNode;
  className?: string;
  menu: ReactNode;
}) {
  const [location] = useLocation();
  const [drawer, setDrawer] = useState(false);
  useEffect(() => setDrawer(false), [location]);
  return (
    <div className={className === undefined ? 'app' : `app ${className}`}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <aside className="sidebar">{menu}</aside>
      <div className="page">
        {band}
        <header className="topbar">
          <Dialog.Root open={drawer} onOpenChange={setDrawer}>
            <Dialog.Trigger className="icon-button menu-button" aria-label="Open the menu">
              <Icon name="menu" />
            </Dialog.Trigger>
            <Dialog.Portal>
              <Dialog.Backdrop className="backdrop" />
              <Dialog.Popup className="drawer">
                <Dialog.Title className="visually-hidden">Menu</Dialog.Title>
                {menu}
              </Dialog.Popup>
            </Dialog.Portal>
          </Dialog.Root>
          {bar}
        </header>
        <main className="content" id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}
