import { csv } from './csv';

describe('a file for spreadsheets', () => {
  it('has dollars plain, quotes what needs it, and begins no formula', () => {
    const rows = [
      { kind: 'hold_placed', amount: '-$1.25', note: null },
      { kind: 'funds_added', amount: '$250.00', note: 'wire, "first"' },
      { kind: 'adjusted', amount: '$0.10', note: '=HYPERLINK("http://example.com")' },
      { kind: 'adjusted', amount: '$0.10', note: '-2+3' },
    ];
    expect(csv(['kind', 'amount', 'note'], rows)).toBe(
      [
        'kind,amount,note',
        'hold_placed,-1.25,',
        'funds_added,250.00,"wire, ""first"""',
        'adjusted,0.10,"\'=HYPERLINK(""http://example.com"")"',
        "adjusted,0.10,'-2+3",
        '',
      ].join('\r\n'),
    );
  });
});
