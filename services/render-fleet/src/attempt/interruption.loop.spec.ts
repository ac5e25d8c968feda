import { createLogger } from '@usvideo/runtime';
import { httpReceiver, Signal, type HttpReceiver } from '@usvideo/testing';
import { type Cloud, watchForInterruption } from './interruption.loop';

let metadata: HttpReceiver;
beforeEach(async () => {
  metadata = await httpReceiver();
});
afterEach(() => metadata.stop());

/** Answers by path; what is not named is not there. */
function says(answers: Record<string, string>): void {
  metadata.answerWith(({ path }, response) => {
    const answer = answers[path.split('?')[0]!];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
}

const PREEMPTED = '/computeMetadata/v1/instance/preempted';
const ACTION = '/latest/meta-data/spot/instance-action';
const EVENTS = '/metadata/scheduledevents';
const TOKEN = { '/latest/api/token': 'token-1' };
const frozen = JSON.stringify({ Events: [{ EventType: 'Freeze' }] });
const preempted = JSON.stringify({ Events: [{ EventType: 'Freeze' }, { EventType: 'Preempt' }] });

describe('the notice that the machine is taken back', () => {
  it.each<[Cloud, Record<string, string>, Record<string, string>, [string, string], number]>([
    ['gcp', { [PREEMPTED]: 'FALSE' }, { [PREEMPTED]: 'TRUE\n' }, ['metadata-flavor', 'Google'], 1],
    ['azure', { [EVENTS]: frozen }, { [EVENTS]: preempted }, ['metadata', 'true'], 1],
    ['aws', TOKEN, { ...TOKEN, [ACTION]: '{"action":"terminate"}' }, ['x-aws-ec2-metadata-token', 'token-1'], 2],
  ])('of %s is heard once, and nothing before it', async (cloud, before, after, [header, value], requestsOfALook) => {
    const notice = new Signal('the notice');
    let notices = 0;
    says(before);
    const watch = watchForInterruption({
      cloud,
      metadataUrl: metadata.url,
      logger: createLogger('render-fleet', 'silent'),
      onNotice: () => {
        notices += 1;
        notice.emit();
      },
    });
    await metadata.received(requestsOfALook);
    expect(notices).toBe(0);
    says(after);
    watch.nudge();
    await notice.wait();
    watch.nudge();
    await watch.stop();
    expect(notices).toBe(1);
    expect(metadata.requests.at(-1)!.headers[header]).toBe(value);
  });
});
