import type { Credentials } from '../state/state.store';

/** What the demo shows. A check that fails throws, so that nothing false is ever ticked. */
export class Screen {
  private readonly colours = process.stdout.isTTY === true;

  step(text: string): void {
    console.log(`• ${text}`);
  }

  title(text: string): void {
    console.log(`\n${this.bold(text)}`);
  }

  fact(name: string, value: string): void {
    console.log(`    ${name.padEnd(16)}${value}`);
  }

  check(truth: boolean, claim: string, detail = ''): void {
    if (!truth) throw new Error(`not true: ${claim}${detail ? ` (${detail})` : ''}`);
    console.log(`  ${this.green('✔')} ${claim}${detail ? `  ${detail}` : ''}`);
  }

  /** One line that is drawn over on a terminal, and a line a tenth where there is none. */
  progress(status: string, percent: number): void {
    const bar = '█'.repeat(Math.round(percent / 4)).padEnd(25, '░');
    if (this.colours) process.stdout.write(`\r    ${bar} ${String(percent).padStart(3)} %  ${status.padEnd(12)}`);
    else if (percent % 10 === 0 || percent >= this.lastShown + 10) this.plain(status, percent);
  }

  progressDone(): void {
    if (this.colours) process.stdout.write('\n');
  }

  fail(error: Error, logFile: string): void {
    console.error(
      `\n${this.colours ? '\u001b[31m✘\u001b[0m' : '✘'} ${error.message}\n\nThe platform's log is in ${logFile}`,
    );
  }

  end(
    urls: { readonly apiUrl: string; readonly credentialsFile: string },
    credentials: Credentials,
    file: string,
    picture: string,
  ): void {
    console.log(`
${this.bold('Everything above was true.')} ${picture}

  file        ${file}
  serve       npm start            (keeps this account and this video; API on http://127.0.0.1:8080)
  login       ${credentials.dashboard.email}  ${credentials.dashboard.password}   (for the dashboard)
  then try    curl -s http://127.0.0.1:8080/v1/videos -H 'Authorization: Bearer ${credentials.test_key}' \\
                -H 'Content-Type: application/json' -d '{"prompt":"a calm sea at dawn"}'
  all keys    ${urls.credentialsFile}
  (this run's API was ${urls.apiUrl})`);
  }

  private lastShown = -1;

  private plain(status: string, percent: number): void {
    if (percent === this.lastShown) return;
    this.lastShown = percent;
    console.log(`    ${String(percent).padStart(3)} %  ${status}`);
  }

  private bold(text: string): string {
    return this.colours ? `\u001b[1m${text}\u001b[0m` : text;
  }

  private green(text: string): string {
    return this.colours ? `\u001b[32m${text}\u001b[0m` : text;
  }
}
