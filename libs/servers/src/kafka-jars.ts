import { execFile, spawnSync } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const KAFKA_VERSION = '4.1.1';
const DOWNLOAD_MS = 600_000;
const JAVA_MIN = 17;

/** A broker and a logger that writes to the standard error output. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.usvideo</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** What this machine lacks to run a broker of its own; undefined when it lacks nothing. */
export function missingForKafka(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (major < JAVA_MIN) return `Java ${JAVA_MIN} or newer (found ${major === 0 ? 'none' : major})`;
  return spawnSync('mvn', ['--version']).status === 0 ? undefined : 'Maven (mvn)';
}

/**
 * The folder with Apache Kafka's jars, brought by Maven the first time (about 45 MB) and kept in the user's cache.
 * @throws with the end of Maven's output when it fails
 */
export async function kafkaJars(
  report: (line: string) => void,
  cacheDir = join(homedir(), '.cache', 'us-video-api'),
): Promise<string> {
  const folder = join(cacheDir, `kafka-${KAFKA_VERSION}`);
  if (await exists(folder)) return folder;
  report(`Downloading Apache Kafka ${KAFKA_VERSION} through Maven (about 45 MB, once)`);
  await mkdir(cacheDir, { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(fresh, 'pom.xml'), POM);
    await maven(fresh);
    // Complete or not there at all; whoever downloaded at the same time has the same.
    await rename(join(fresh, 'jars'), folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function maven(folder: string): Promise<void> {
  const goal = [
    '--batch-mode',
    '--quiet',
    'dependency:copy-dependencies',
    '-DoutputDirectory=jars',
    '-DincludeScope=runtime',
  ];
  try {
    await promisify(execFile)('mvn', goal, { cwd: folder, timeout: DOWNLOAD_MS });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`Maven could not bring Apache Kafka ${KAFKA_VERSION}: ${(stdout + stderr).slice(-2_000)}`, {
      cause: error,
    });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
