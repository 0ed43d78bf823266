import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { main } from '../../../steps/fetch-app/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { at, eventOf } from './event-of.ts';
import { config } from './fixture.ts';

const data = process.env.AFTERSYNC_TEST_DATA;
const directory = join(data ?? '', '01-argocd-applications');
const files =
  data === undefined ? [] : readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(isDocument);

function isDocument(name: string): boolean {
  return /\.(json|yaml)$/.test(name);
}

const NEVER = '2030-01-01T00:00:00Z';

/** What each public Application comes to: exit code and what is said. A file that is not here must be looked at first. */
const EXPECTED: Record<string, [number, RegExp]> = {
  'backstage/RoadieHQ__applications-test-app.json': [0, /Succeeded, known from application, 2 resources/],
  'backstage/RoadieHQ__argocdCreateApplicationResp.json': [2, /data\.phase: .*data\.startedAt: /],
  'backstage/RoadieHQ__getResponseStub.json': [0, /Succeeded, known from application, 2 resources/],
  'backstage/RoadieHQ__getResponseStubNamespaced.json': [0, /my-test-ns\/namespaced-guestbook .*Succeeded/],
  'backstage/RoadieHQ__getResponseStubScanning.json': [0, /Succeeded, known from application, 2 resources/],
  'backstage/RoadieHQ__syncResp.json': [2, /data\.phase: .*data\.startedAt: /],
  'repos/argoproj+argo-cd__controller_appcontroller_test.go__1.yaml': [
    2,
    /data\.namespace: not a Kubernetes namespace/,
  ],
  'repos/argoproj+argo-cd__controller_appcontroller_test.go__2.yaml': [
    2,
    /data\.namespace: not a Kubernetes namespace/,
  ],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__1.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__2.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__3.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__4.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__5.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__6.yaml': [
    2,
    /phase of a finished operation: .*"Running"/,
  ],
  'repos/argoproj+argo-cd__controller_metrics_metrics_test.go__7.yaml': [2, /data\.uid: /],
  'repos/argoproj+argo-cd__controller_testdata_diff_cache.yaml__1.yaml': [0, /argo-cd\/velero-test .*Succeeded/],
};

describe.skipIf(data === undefined)('public Applications (needs AFTERSYNC_TEST_DATA)', () => {
  const table: string[] = [];

  it.each(files)('%s', async name => {
    const application: unknown = parse(await readFile(join(directory, name), 'utf8'));
    const space = await workspace({ 'event.json': eventOf(application), config });
    const { exitCode, output } = await runStep(main, [
      `--event-file=${space.path('event.json')}`,
      `--application=${join(directory, name)}`,
      `--config=${space.path('config')}`,
      `--out=${space.path('deployment.json')}`,
    ]);
    const [code, line] = EXPECTED[name] ?? [];
    table.push(`${name} -> ${exitCode} ${output.replaceAll(space.directory, '.').trim()}`);
    expect(output).toMatch(line ?? /a file that EXPECTED lists/);
    expect(output).not.toContain('this is a bug');
    expect(exitCode).toBe(code);
    if (exitCode === 0) Deployment.parse(await space.json('deployment.json'));
  });

  /** Some are cut for a unit test: what Kubernetes and a finished operation would have is added, the rest stays. */
  it.each(files)('%s with an identity', async name => {
    const document = parse(await readFile(join(directory, name), 'utf8')) as { metadata: Record<string, unknown> };
    const uid = document.metadata.uid ?? '5d1c8b1a-0000-4000-8000-000000000000';
    const metadata = { ...document.metadata, uid, namespace: String(document.metadata.namespace).toLowerCase() };
    const application = { ...document, metadata };
    const state = at(application, 'status', 'operationState');
    const event = eventOf(application, state ? { phase: 'Succeeded' } : { phase: 'Succeeded', startedAt: NEVER });
    const space = await workspace({ 'event.json': event, application, config });
    const { exitCode, output } = await runStep(main, [
      `--event-file=${space.path('event.json')}`,
      `--application=${space.path('application')}`,
      `--config=${space.path('config')}`,
      `--out=${space.path('deployment.json')}`,
    ]);
    table.push(`${name} with an identity -> ${exitCode} ${output.replaceAll(space.directory, '.').trim()}`);
    const isOver = state !== undefined && at(state, 'phase') !== 'Running';
    expect(output).toMatch(isOver ? /Succeeded, known from application/ : /Operation is not over|it has no operation/);
    expect(exitCode).toBe(isOver ? 0 : 75);
  });

  it('are all there', () => {
    process.stdout.write(`${table.sort().join('\n')}\n`);
    expect(files.toSorted()).toEqual(Object.keys(EXPECTED).sort());
  });
});
