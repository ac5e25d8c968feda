// What `helm test` runs inside the cluster: is the API there, does it refuse strangers, and, with a key of the test environment, does
// it make a video?
const { API_URL, API_KEY, DEADLINE_SECONDS = '120' } = process.env;
const deadline = AbortSignal.timeout(Number(DEADLINE_SECONDS) * 1_000);

async function ask(path, { status, ...init } = {}) {
  const answer = await fetch(`${API_URL}${path}`, { signal: deadline, ...init });
  const body = await answer.text();
  if (answer.status !== status)
    throw new Error(`${path} answered ${answer.status} and not ${status}: ${body.slice(0, 500)}`);
  console.log(`${init.method ?? 'GET'} ${path}: ${status}`);
  return JSON.parse(body);
}

await ask('/openapi.json', { status: 200 });
await ask('/v1/videos', { status: 401 });
if (!API_KEY) {
  console.log('Without helmTest.apiKey.secret no video is ordered.');
  process.exit(0);
}
if (!API_KEY.startsWith('usv_test_'))
  throw new Error('helmTest.apiKey is no key of the test environment: it begins with usv_test_');
const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
const body = JSON.stringify({ prompt: 'A lighthouse at dawn', resolution: '480p', duration: 1 });
let video = await ask('/v1/videos', { status: 202, method: 'POST', headers, body });
while (['pending', 'processing'].includes(video.status)) {
  video = await ask(`/v1/videos/${video.id}`, { status: 200, headers: { ...headers, prefer: 'wait=10' } });
}
if (video.status !== 'completed') throw new Error(`the video ended ${video.status}: ${JSON.stringify(video.error)}`);
console.log(`${video.id} is completed and cost ${video.cost} of play money.`);
