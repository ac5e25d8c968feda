import { signLink, verifyLink } from './signed-link';

const target = { jobId: 'job_01', key: 'videos/job_01/1-lease_a.mp4' };
const expiresAt = new Date('2026-01-02T00:00:00Z');
const before = new Date('2026-01-01T23:59:59Z');
const link = signLink({ ...target, secret: 's3cret', publicUrl: 'https://api.example.com/', expiresAt });
const pathAndQuery = link.slice('https://api.example.com'.length);

describe('signed link', () => {
  it('has the published shape', () => {
    expect(link).toMatch(
      /^https:\/\/api\.example\.com\/v\/[A-Za-z0-9_-]+\.mp4\?expires=1767312000&signature=[0-9a-f]{64}$/,
    );
  });

  it('takes the ending of a thumbnail', () => {
    expect(
      signLink({ ...target, key: 'videos/job_01/1-lease_a.jpg', secret: 's', publicUrl: 'http://x', expiresAt }),
    ).toMatch(/\.jpg\?/);
  });

  it('names what it was signed for', () => {
    expect(verifyLink({ secret: 's3cret', pathAndQuery, now: before })).toEqual({ ...target, expiresAt });
  });

  it('expires to the second', () => {
    expect(verifyLink({ secret: 's3cret', pathAndQuery, now: expiresAt })).toBe('expired');
  });

  it.each([
    ['another secret', pathAndQuery, 'other'],
    ['a later expiry', pathAndQuery.replace('1767312000', '1867312000'), 's3cret'],
    ['another file', pathAndQuery.replace(/\/v\/./, '/v/A'), 's3cret'],
    ['another ending', pathAndQuery.replace('.mp4', '.jpg'), 's3cret'],
    ['a shortened signature', pathAndQuery.slice(0, -2), 's3cret'],
    ['a signature that is not hex', pathAndQuery.replace(/signature=../, 'signature=zz'), 's3cret'],
    ['no query', pathAndQuery.split('?')[0]!, 's3cret'],
    ['nothing', '', 's3cret'],
  ])('refuses %s', (_, altered, secret) => {
    expect(verifyLink({ secret, pathAndQuery: altered, now: expiresAt })).toBe('bad_signature');
  });
});
