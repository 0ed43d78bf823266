import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../lib/ledger/change.ts';
import { main as records } from '../../../records/cli.ts';
import { main as explain } from '../../../records/explain/cli.ts';
import { main as verify } from '../../../records/verify/cli.ts';
import { main } from '../../../steps/report/cli.ts';
import { commandsOf } from '../../docs/shell.ts';
import { ID, LIFE, openingOf } from '../../support/chained-record.ts';
import { exportOf, recordOf, storedOf } from '../../support/export.ts';
import { runStep, workspace } from '../../support/run-step.ts';

async function reportOf(changes: readonly Change[], id = ID) {
  const { path } = await workspace({ 'records.json': exportOf(storedOf(recordOf(changes))) });
  const out = path('report.html');
  const ended = await runStep(main, [`--record=${id}`, `--file=${path('records.json')}`, `--out=${out}`]);
  return { ...ended, page: await readFile(out, 'utf8').catch(() => null) };
}
const PROGRAMS: Record<string, typeof main> = { records, explain, verify };
const textOf = (page: string | null) => (page ?? '').replaceAll(/<style>.*<\/style>/gs, '').replaceAll(/<[^>]*>/g, '');

describe('report of a record whose Workflow is gone', () => {
  it('says what was deployed, what is recorded and what is missing', async () => {
    const { exitCode, page } = await reportOf(LIFE);
    expect(exitCode).toBe(0);
    const text = textOf(page);
    expect(text).toContain('guestbook');
    expect(text).toMatch(/registry.example.com\/shop\/web/);
    expect(text).toContain('rejected by the evidence store');
    expect(text).toContain('not delivered yet');
    expect(text).toContain('run-2');
  });

  it('says commands that work', async () => {
    const { page } = await reportOf(LIFE);
    const lines = [...(page ?? '').matchAll(/<code class="command">(.*?)<\/code>/g)].map(([, line = '']) => line);
    expect(lines.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'aftersync records',
      `aftersync explain`,
      `aftersync verify`,
      'aftersync records',
    ]);
    for (const line of lines) {
      const [
        {
          words: [, name = '', ...argv],
        } = { words: [] },
      ] = commandsOf(line.replaceAll('&#39;', "'"));
      expect(await runStep(PROGRAMS[name] ?? main, argv)).toMatchObject({ exitCode: 0 });
    }
  });

  it('does not say that all is well where nobody knows the images', async () => {
    const unknown: Change = {
      type: 'plan',
      at: '2026-11-20T10:01:00.000Z',
      step: 'submit-evidence',
      artifacts: 'unknown',
      deliveries: [],
    };
    expect(textOf((await reportOf([openingOf('run-1'), unknown])).page)).toContain(
      'not known, this run recorded nothing',
    );
  });

  it('exits 2 on a record that is not there', async () => {
    const { exitCode, output, page } = await reportOf(LIFE, '0000000000000000');
    expect(output).toMatch(/^report: No such record: --record=0000000000000000/);
    expect([exitCode, page]).toEqual([2, null]);
  });
});
