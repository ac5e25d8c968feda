export default async function tearDown(): Promise<void> {
  await (globalThis as { testServers?: { stop(): Promise<void> } }).testServers?.stop();
}
