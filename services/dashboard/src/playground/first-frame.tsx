import { type DragEvent, useState } from 'react';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icons';
import type { Settings } from './settings';

const BYTES_MAX = 10 * 2 ** 20;
const TYPES = ['image/png', 'image/jpeg', 'image/webp'];

/** A picture that the video starts with. */
export function FirstFrame({
  frame,
  onChange,
  error,
}: {
  frame: Settings['firstFrame'];
  onChange: (frame: Settings['firstFrame']) => void;
  error: string | undefined;
}) {
  const [fault, setFault] = useState<string>();
  const [over, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (!file) return;
    if (!TYPES.includes(file.type)) return setFault('Use a PNG, JPEG or WebP.');
    if (file.size > BYTES_MAX) return setFault('At most 10 MiB.');
    setFault(undefined);
    const reader = new FileReader();
    reader.onload = () => onChange({ name: file.name, dataUri: String(reader.result) });
    reader.onerror = () => setFault('The file could not be read.');
    reader.readAsDataURL(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const note = fault ?? error;
  return (
    <div className="field">
      <label
        className="drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          type="file"
          className="visually-hidden"
          accept={TYPES.join(',')}
          onChange={(event) => take(event.target.files?.[0])}
        />
        {frame ? <img src={frame.dataUri} alt="" /> : <Icon name="image" size={22} />}
        <span>
          <strong>{frame ? frame.name : 'First frame'}</strong>
          {frame ? 'Image to video' : 'Optional: drop a PNG, JPEG or WebP'}
        </span>
        {frame && (
          <IconButton
            icon="close"
            label="Remove the first frame"
            onClick={(event) => {
              event.preventDefault();
              onChange(undefined);
            }}
          />
        )}
      </label>
      {note && (
        <p className="note bad" role="alert">
          {note}
        </p>
      )}
    </div>
  );
}
