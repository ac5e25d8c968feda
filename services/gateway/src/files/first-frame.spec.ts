import {
  FIRST_FRAME_BYTES_MAX,
  FIRST_FRAME_CHARACTERS_MAX,
  isDataUri,
  nearestAspectRatio,
  readDataUri,
} from './first-frame';

const png = Buffer.from('89504e470d0a1a0a0000', 'hex');

describe('a first frame', () => {
  const text = Buffer.concat([png, Buffer.from('?>~ and more, so that it has every letter')]).toString('base64');
  const wrapped = (every: number, end: string) => text.match(new RegExp(`.{1,${every}}`, 'g'))!.join(end);

  it.each([
    ['plain', `data:image/png;base64,${text}`],
    ['without padding', `data:image/png;base64,${text.replace(/=+$/, '')}`],
    ['wrapped', `data:image/png;base64,${wrapped(20, '\n')}`],
    ['wrapped with CR LF', `data:image/png;base64,${wrapped(24, '\r\n')}\r\n`],
    ['with a line end', `data:image/png;base64,${text}\n`],
    ['with a charset', `data:image/png;charset=utf-8;base64,${text}`],
    ['with a name', `data:image/png;name=photo%201.png;base64,${text}`],
    ['with a quoted name', `data:image/png;name="a b.png";base64,${text}`],
    ['in upper case', `DATA:IMAGE/PNG;BASE64,${text}`],
    ['without a type', `data:;base64,${text}`],
    ['of the URL-safe alphabet', `data:image/png;base64,${text.replaceAll('+', '-').replaceAll('/', '_')}`],
    ['after blanks', `  data:image/png;base64, ${text}`],
  ])('is read as encoders write it: %s', (_, uri) => {
    expect(isDataUri(uri)).toBe(true);
    expect(readDataUri(uri, 'f').bytes.toString('base64')).toBe(text);
  });

  it('with blanks for its plus signs is refused and not guessed', () => {
    expect(() => readDataUri('data:image/png;base64,iVBO Rw0K', 'f')).toThrow(/blanks/);
  });

  it('may have 10 MiB and not a byte more', () => {
    const uri = (bytes: number) =>
      `data:image/png;base64,${Buffer.concat([png, Buffer.alloc(bytes - png.length)]).toString('base64')}`;
    expect(uri(FIRST_FRAME_BYTES_MAX).length).toBeLessThanOrEqual(FIRST_FRAME_CHARACTERS_MAX);
    expect(readDataUri(uri(FIRST_FRAME_BYTES_MAX), 'f').bytes).toHaveLength(FIRST_FRAME_BYTES_MAX);
    expect(() => readDataUri(uri(FIRST_FRAME_BYTES_MAX + 1), 'f')).toThrow(/at most 10 MiB/);
  });

  it.each([
    [1920, 1080, '16:9'],
    [1000, 1000, '1:1'],
    [1080, 1920, '9:16'],
    [4, 3, '1:1'],
    [4, 5, '1:1'],
    [3, 2, '16:9'],
    [5000, 100, '16:9'],
  ])('of %d x %d is nearest to %s', (width, height, ratio) => expect(nearestAspectRatio(width, height)).toBe(ratio));
});
