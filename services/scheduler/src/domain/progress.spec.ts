import { ProgressBoard } from './progress';

describe('progress board', () => {
  it('keeps the newest value of each job and never goes back', () => {
    const board = new ProgressBoard();
    for (const percent of [0, 10, 7, 55.9, 300]) board.report('job_a', percent);
    expect(board.of('job_a')).toBe(100);
    expect(board.of('job_b')).toBeUndefined();
  });

  it('starts again with the next attempt', () => {
    const board = new ProgressBoard();
    board.report('job_a', 80);
    board.forget('job_a');
    board.report('job_a', 3);
    expect(board.of('job_a')).toBe(3);
  });

  it('calls watchers on change only, until they leave', () => {
    const board = new ProgressBoard();
    let calls = 0;
    const leave = board.watch('job_a', () => { calls += 1; });
    board.report('job_a', 1);
    board.report('job_a', 1);
    board.report('job_b', 5);
    expect(calls).toBe(1);
    leave();
    board.report('job_a', 2);
    expect(calls).toBe(1);
  });
});
