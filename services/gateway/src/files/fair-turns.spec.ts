import { FairTurns } from './fair-turns';

const turns = (atOnceMax = 2, waitingMax = 10, waitingPerOwnerMax = 3) => {
  const begun: string[] = [];
  const fair = new FairTurns({ atOnceMax, waitingMax, waitingPerOwnerMax });
  return { begun, fair, ask: (owner: string, name = owner) => fair.ask(owner, () => begun.push(name)) };
};

describe('fair turns', () => {
  it('give an owner one turn at a time, however much it asks', () => {
    const { begun, fair, ask } = turns();
    ask('a', 'a1');
    ask('a', 'a2');
    ask('b');
    expect(begun).toEqual(['a1', 'b']);
    fair.done('a');
    expect(begun).toEqual(['a1', 'b', 'a2']);
  });

  it('go round the owners', () => {
    const { begun, fair, ask } = turns(1);
    ask('a', 'a1');
    ask('a', 'a2');
    ask('a', 'a3');
    ask('b', 'b1');
    ask('b', 'b2');
    for (const owner of ['a', 'a', 'b', 'a', 'b']) fair.done(owner);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
  });

  it('are refused to an owner who waits for many, while others may wait', () => {
    const { ask } = turns(1, 10, 2);
    ask('a');
    expect([ask('a'), ask('a'), ask('a')]).toEqual([undefined, undefined, 'owner_waits_too_much']);
    expect(ask('b')).toBeUndefined();
  });

  it('are refused to all when too many wait', () => {
    const { ask } = turns(1, 2, 2);
    for (const owner of ['a', 'b', 'c']) ask(owner);
    expect(ask('d')).toBe('too_many_wait');
  });

  it('may be asked for again when all are done', () => {
    const { begun, fair, ask } = turns(1);
    ask('a');
    fair.done('a');
    ask('a');
    expect(begun).toEqual(['a', 'a']);
  });
});
