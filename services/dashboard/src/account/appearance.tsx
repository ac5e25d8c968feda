import { useState } from 'react';
import { type Theme, readTheme, showTheme } from '../session/browser';
import { Card } from '../ui/card';
import { Segments } from '../ui/field';

export function Appearance() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const choose = (next: Theme) => {
    showTheme(next);
    setTheme(next);
  };
  return (
    <Card title="Appearance" description="Of this browser.">
      <Segments
        compact
        label="Theme"
        value={theme}
        options={[
          ['system', 'As the system'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
        onChange={choose}
      />
    </Card>
  );
}
