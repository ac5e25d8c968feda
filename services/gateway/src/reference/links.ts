type Json = Record<string, unknown>;

interface Link {
  readonly to: string;
  readonly parameter: string;
  /** Of the answer, as a JSON pointer. */
  readonly from: string;
  readonly description: string;
}

const VIDEO: readonly Link[] = [
  { to: 'getVideo', parameter: 'id', from: '/id', description: 'How the job stands.' },
  { to: 'streamVideo', parameter: 'id', from: '/id', description: 'Its events until it ends.' },
  { to: 'cancelVideo', parameter: 'id', from: '/id', description: 'Ends it, as long as rendering has not started.' },
];
const nextPage = (to: string, parameter = 'starting_after'): readonly Link[] => [
  { to, parameter, from: '/next_cursor', description: 'The next page, where has_more is true.' },
];

/** What can be done with an answer, by the operation that gave it. */
const LINKS: Readonly<Record<string, readonly Link[]>> = {
  createVideo: VIDEO,
  getVideo: [
    ...VIDEO.slice(1),
    { to: 'eraseVideoContent', parameter: 'id', from: '/id', description: 'Erases what an ended job is about.' },
  ],
  listVideos: nextPage('listVideos'),
  listLedger: nextPage('listLedger'),
  listDeliveries: nextPage('listDeliveries'),
  listEvents: nextPage('listEvents', 'after'),
  createFile: [
    { to: 'getFile', parameter: 'id', from: '/id', description: 'The file.' },
    { to: 'deleteFile', parameter: 'id', from: '/id', description: 'Deletes it; jobs that name it keep the picture.' },
  ],
  createTopUp: [{ to: 'getTopUp', parameter: 'id', from: '/id', description: 'Whether it was paid.' }],
  createWebhookEndpoint: [
    { to: 'updateWebhookEndpoint', parameter: 'id', from: '/id', description: 'Changes it.' },
    { to: 'rotateWebhookEndpointSecret', parameter: 'id', from: '/id', description: 'Gives it a new secret.' },
    { to: 'deleteWebhookEndpoint', parameter: 'id', from: '/id', description: 'Deletes it.' },
  ],
  testWebhookEndpoint: [
    { to: 'getDelivery', parameter: 'id', from: '/delivery_id', description: 'What became of it.' },
  ],
  getDelivery: [{ to: 'redeliver', parameter: 'id', from: '/id', description: 'Sends it again.' }],
  createApiKey: [
    { to: 'rotateApiKey', parameter: 'id', from: '/id', description: 'Replaces it.' },
    { to: 'revokeApiKey', parameter: 'id', from: '/id', description: 'Revokes it.' },
  ],
};

/** The links of an answer of success, as OpenAPI has them. */
export function linksOf(operationId: string): Json | undefined {
  const links = LINKS[operationId];
  if (links === undefined) return undefined;
  return Object.fromEntries(
    links.map(({ to, parameter, from, description }) => [
      to,
      { operationId: to, parameters: { [parameter]: `$response.body#${from}` }, description },
    ]),
  );
}
