import { Toast } from '@base-ui/react/toast';
import { Icon } from './icons';

export const toasts = Toast.createToastManager();

/** A word about what was done; what went wrong is said where it was asked. */
export function tell(title: string, description?: string): void {
  toasts.add({ title, ...(description ? { description } : {}), timeout: 4_000 });
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Icon name="check" />
      <div>
        <Toast.Title className="toast-title" />
        <Toast.Description />
      </div>
      <Toast.Close className="icon-button" aria-label="Close">
        <Icon name="close" size={16} />
      </Toast.Close>
    </Toast.Root>
  ));
}
