import { Menu as Base } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly run: () => void;
}

export function Menu({
  trigger,
  className,
  items,
  header,
}: {
  trigger: ReactNode;
  className: string;
  items: readonly MenuItem[];
  header?: ReactNode;
}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger className={className}>{trigger}</Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="end" className="positioner">
          <Base.Popup className="menu">
            {header && <div className="menu-header">{header}</div>}
            {items.map((item) => (
              <Base.Item key={item.label} className="menu-item" onClick={item.run}>
                {item.icon && <Icon name={item.icon} size={16} />}
                {item.label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
