import { BodyBudget } from './body-budget';

describe('the budget of bodies', () => {
  it('bounds each owner apart from the others, and all together', () => {
    const budget = new BodyBudget(100, 60);
    expect(budget.reserve('a', 60)).toBe('granted');
    expect(budget.reserve('a', 1)).toBe('owner_has_too_many');
    expect(budget.reserve('b', 40)).toBe('granted');
    expect(budget.reserve('c', 1)).toBe('all_have_too_many');
    budget.release('a', 60);
    expect(budget.reserve('c', 60)).toBe('granted');
    expect([budget.heldBy('a'), budget.heldBy('b'), budget.held]).toEqual([0, 40, 100]);
  });

  it('counts nothing that it refused', () => {
    const budget = new BodyBudget(10, 10);
    budget.reserve('a', 11);
    expect(budget.held).toBe(0);
  });
});
