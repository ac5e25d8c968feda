export default async function tearDown(): Promise<void> {
  const { testServers = [] } = globalThis as { testServers?: { stop(): Promise<void> }[] };
  await Promise.all(testServers.map((server) => server.stop()));
}
