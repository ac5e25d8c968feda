import { useMutation } from '@tanstack/react-query';
import type { ApiError } from './client';
import { useApi } from './context';
import { Button } from '../ui/button';
import { Failure } from '../ui/states';

export interface DownloadProps {
  readonly label: string;
  /** Of the file. */
  readonly name: string;
  readonly type: 'text/csv' | 'application/x-ndjson';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

/** Saves what a path answers in a form for programs. */
export function Download({ label, name, type, path, query = {} }: DownloadProps) {
  const { api } = useApi();
  const save = useMutation<void, ApiError>({
    mutationFn: async () => saveText(name, type, await api.text(path, { query, headers: { accept: type } })),
  });
  return (
    <>
      {save.error && <Failure error={save.error} />}
      <Button icon="download" busy={save.isPending} onClick={() => save.mutate()}>
        {label}
      </Button>
    </>
  );
}

export function saveText(name: string, type: string, text: string): void {
  save(name, new Blob([text], { type }));
}

export function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
