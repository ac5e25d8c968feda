import { onStopRequest } from './stop-request';

describe('a request to stop', () => {
  const asked = (...atMs: number[]) => {
    const done: string[] = [];
    let now = 0;
    const ask = onStopRequest(
      (reason) => done.push(reason),
      () => done.push('at once'),
      () => now,
    );
    for (const at of atMs) {
      now = at;
      ask(`asked at ${at}`);
    }
    return done;
  };

  it('is one, however often its signal arrives', () => expect(asked(5, 6, 1_004)).toEqual(['asked at 5']));
  it('that is made again later means at once', () => expect(asked(5, 1_005)).toEqual(['asked at 5', 'at once']));
});
