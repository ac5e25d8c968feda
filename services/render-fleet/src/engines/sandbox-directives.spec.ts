import { readDirectives } from './sandbox-directives';

describe('sandbox directives', () => {
  it.each([
    ['a cat', {}],
    ['sandbox:fail=content_rejected', { failCode: 'content_rejected' }],
    ['a cat sandbox:slow=1.5 in rain', { slowSeconds: 1.5 }],
    ['sandbox:slow=2\nsandbox:fail=engine_error', { slowSeconds: 2, failCode: 'engine_error' }],
    ['sandbox:slow=999999', { slowSeconds: 600 }],
    ['sandbox:slow=-1 sandbox:fail=Bad!', {}],
    ['notsandbox:fail=x', {}],
  ])('reads %j', (prompt, expected) => {
    expect(readDirectives(prompt)).toEqual(expected);
  });
});
