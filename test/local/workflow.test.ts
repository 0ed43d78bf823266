import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { keptBefore } from '../../local/nodes.ts';
import { smallDags, smallPipeline, smallTemplates } from './small-pipeline.ts';

const TASKS = [
  { name: 'first', ancestors: new Set<string>() },
  { name: 'second', ancestors: new Set(['first']) },
];

describe('a Workflow on one machine', () => {
  it('hands the event to the first step, artifacts on, and the status to the exit handler', async () => {
    const pipeline = await smallPipeline();
    const result = await pipeline.run();
    expect(result.phase).toBe('Succeeded');
    expect((await pipeline.artifact('first')).inputs).toEqual({ 'in-event': 'e30=' });
    const second = await pipeline.artifact('second');
    expect(JSON.parse(second.inputs['in-first'] ?? '')).toMatchObject({ step: 'first' });
    const last = await pipeline.artifact('last');
    expect(JSON.parse(last.inputs['in-second'] ?? '')).toMatchObject({ step: 'second' });
    expect(last.flags).toMatchObject({ status: 'Succeeded', failures: '"null"' });
  });

  it('hands over nothing of an event that is no base64, such as a template tag', async () => {
    const pipeline = await smallPipeline();
    await pipeline.run(new Map(), '{{workflow.name}}');
    expect((await pipeline.artifact('first')).inputs).toEqual({ 'in-event': '' });
  });

  it('keeps artifacts and what was said, and nothing else', async () => {
    const pipeline = await smallPipeline();
    await pipeline.run();
    const path = (name: string) => pipeline.repository.pathOf(`shop-1/first/${name}`);
    expect(existsSync(path('out.json'))).toBe(true);
    expect(await readFile(path('main.log'), 'utf8')).toBe('at work\n');
    expect((await readdir(path('.'))).sort()).toEqual(['main.log', 'out.json']);
    const { flags } = await pipeline.artifact('last');
    expect(existsSync(flags['in-second'] ?? '')).toBe(false);
  });

  it('gives a step no environment but its own', async () => {
    process.env.CANARY = 'of the shell';
    const pipeline = await smallPipeline();
    await pipeline.run();
    delete process.env.CANARY;
    expect((await pipeline.artifact('first')).env).not.toHaveProperty('CANARY');
  });

  it('runs a step again on 75, and not on another code', async () => {
    const pipeline = await smallPipeline({ first: [{ exit: 75 }, { exit: 75 }, { exit: 0 }], second: [{ exit: 1 }] });
    const result = await pipeline.run();
    expect(pipeline.said).toEqual([
      'started first',
      'retrying first after 75 in 0',
      'retrying first after 75 in 0',
      'first Succeeded',
      'started second',
      'second Failed',
      'started last',
      'last Succeeded',
    ]);
    expect(result.phase).toBe('Failed');
  });

  it('gives up at the limit', async () => {
    const busy = { exit: 75, say: 'first: busy' };
    const pipeline = await smallPipeline({ first: [busy, busy, busy, { exit: 0 }] });
    const result = await pipeline.run();
    expect(result.nodes.get('first')).toMatchObject({
      phase: 'Failed',
      exitCode: 75,
      message: 'main: Error (exit code 75): first: busy',
    });
  });

  it('hands on the artifact of a step that failed, and tells the exit handler every attempt that did', async () => {
    const pipeline = await smallPipeline({ first: [{ exit: 75 }, { exit: 1, say: 'first: "no" {x}' }] });
    const result = await pipeline.run();
    expect(result.nodes.get('second')?.phase).toBe('Succeeded');
    expect(JSON.parse((await pipeline.artifact('second')).inputs['in-first'] ?? '')).toMatchObject({ step: 'first' });
    const { failures = '' } = (await pipeline.artifact('last')).flags;
    const nodes = JSON.parse(JSON.parse(failures)) as { displayName: string; message: string; templateName: string }[];
    expect(nodes.map(({ displayName }) => displayName)).toEqual(['first(0)', 'first(1)', 'first']);
    expect(nodes[1]).toMatchObject({ message: 'main: Error (exit code 1): first: "no" {x}', templateName: 'first' });
  });

  it('calls it an error when a step succeeds without its artifact', async () => {
    const pipeline = await smallPipeline({ first: [{ exit: 0, silent: true }] });
    const result = await pipeline.run();
    expect(result.nodes.get('first')).toMatchObject({
      phase: 'Error',
      message: expect.stringContaining('artifact out'),
    });
    expect(result.nodes.get('second')?.phase).toBe('Omitted');
    expect(pipeline.said).toContain('omitted second');
    expect((await pipeline.artifact('last')).inputs).toEqual({ 'in-second': null });
  });

  it('ends a step at its deadline', async () => {
    const templates = smallTemplates();
    Object.assign(templates.first, { activeDeadlineSeconds: 1 });
    const pipeline = await smallPipeline({ first: [{ exit: 0, sleepMs: 60_000 }] }, templates);
    const result = await pipeline.run();
    expect(result.nodes.get('first')).toMatchObject({ phase: 'Failed', message: expect.stringContaining('deadline') });
  });

  it('stops its processes and starts nothing more', async () => {
    const pipeline = await smallPipeline({ first: [{ exit: 0, sleepMs: 60_000 }] });
    setTimeout(() => pipeline.stop.abort(), 300);
    const result = await pipeline.run();
    expect(result.nodes.get('first')).toMatchObject({ phase: 'Error', message: 'stopped' });
    expect(pipeline.said).not.toContain('started last');
  });
});

describe('--from', () => {
  it('keeps what earlier steps left and runs the others', async () => {
    const pipeline = await smallPipeline({ first: [{ exit: 1 }], second: [{ exit: 1 }, { exit: 0 }] });
    await pipeline.run();
    pipeline.said.length = 0;
    const result = await pipeline.run(await keptBefore(pipeline.repository, 'shop-1', 'second', TASKS));
    expect(pipeline.said).toEqual(['started second', 'second Succeeded', 'started last', 'last Succeeded']);
    expect(JSON.parse((await pipeline.artifact('second')).inputs['in-first'] ?? '')).toMatchObject({ step: 'first' });
    expect(result.phase).toBe('Succeeded');
  });

  it('keeps nothing that waits for the step', async () => {
    const pipeline = await smallPipeline();
    await pipeline.run();
    expect([...(await keptBefore(pipeline.repository, 'shop-1', 'first', TASKS)).keys()]).toEqual([]);
    expect([...(await keptBefore(pipeline.repository, 'shop-1', 'second', TASKS)).keys()]).toEqual(['first']);
  });

  it('refuses a step after one that has never run, and one that there is not', async () => {
    const { repository } = await smallPipeline();
    await expect(keptBefore(repository, 'shop-1', 'second', TASKS)).rejects.toThrow(
      /Nothing is kept of an earlier step: --from=second: first of shop-1/,
    );
    await expect(keptBefore(repository, 'shop-1', 'third', TASKS)).rejects.toThrow(/No such step: --from=third/);
  });
});

describe('what the runner does not support', () => {
  type Templates = ReturnType<typeof smallTemplates>;
  type Dags = ReturnType<typeof smallDags>;
  const first = (templates: Templates) => templates.first as Record<string, unknown>;
  const container = (templates: Templates) => templates.first.container as Record<string, unknown>;
  const task = (dags: Dags) => dags.main.tasks[0] as Record<string, unknown>;

  it.each<[string, RegExp, (templates: Templates, dags: Dags) => unknown]>([
    [
      'a script',
      /first\.yaml: spec\.templates\[0\]: Unrecognized key: "script"/,
      t => Object.assign(first(t), { script: {} }),
    ],
    ['a sidecar', /Unrecognized key: "sidecars"/, t => Object.assign(first(t), { sidecars: [] })],
    ['envFrom', /container: Unrecognized key: "envFrom"/, t => Object.assign(container(t), { envFrom: [] })],
    ['when', /tasks\[0\]: Unrecognized key: "when"/, (_, d) => Object.assign(task(d), { when: 'true' })],
    ['withParam', /tasks\[0\]: Unrecognized key: "withParam"/, (_, d) => Object.assign(task(d), { withParam: '[]' })],
    ['dependencies', /Unrecognized key: "dependencies"/, (_, d) => Object.assign(task(d), { dependencies: [] })],
    ['failFast', /failFast/, (_, d) => Object.assign(d.main, { failFast: true })],
    [
      'a persistent volume',
      /volumes\[0\]: Unrecognized key/,
      t => Object.assign(t.first.volumes[0] ?? {}, { persistentVolumeClaim: {} }),
    ],
    ['a mutex of a step', /Unrecognized key: "synchronization"/, t => Object.assign(first(t), { synchronization: {} })],
    ['a policy', /retryPolicy/, t => Object.assign(t.first.retryStrategy, { retryPolicy: 'OnTransientError' })],
    [
      'a template that is nowhere',
      /No such template: task first of post-deployment: elsewhere\/x/,
      (_, d) => Object.assign(task(d), { templateRef: { name: 'elsewhere', template: 'x', clusterScope: true } }),
    ],
    [
      'a task that is nowhere',
      /No such task: post-deployment\/main: first depends on other/,
      (_, d) => Object.assign(task(d), { depends: 'other' }),
    ],
    [
      'tasks that wait for each other',
      /Tasks wait for each other/,
      (_, d) => Object.assign(task(d), { depends: 'second' }),
    ],
  ])('is refused by name: %s', async (_, message, change) => {
    const templates = smallTemplates();
    const dags = smallDags();
    change(templates, dags);
    const pipeline = await smallPipeline({}, templates, dags);
    await expect(pipeline.load()).rejects.toThrow(message);
  });

  it.each<[string, RegExp, (templates: Templates, dags: Dags) => unknown]>([
    [
      'another program',
      /Not our program: first: command/,
      t => Object.assign(container(t), { command: ['sh', '-c', 'x'] }),
    ],
    [
      'an argument that nobody asks for',
      /Nobody asks for the argument: first: extra/,
      (_, d) => Object.assign(task(d), { arguments: { artifacts: [{ name: 'extra', raw: { data: '' } }] } }),
    ],
    [
      'an artifact that is not handed over',
      /Input artifact is missing: first: event/,
      (_, d) => Object.assign(task(d), { arguments: {} }),
    ],
    [
      'a tag that names nothing',
      /names nothing: template first\.container\.args\[0\]: \{ \{workflow\.uid\} \}/,
      t => Object.assign(container(t), { args: ['--in-event={{workflow.uid}}'] }),
    ],
    [
      'an artifact outside the volumes',
      /Artifact lies outside the volumes: first: \/tmp\/x/,
      t => Object.assign(t.first.inputs.artifacts[0] ?? {}, { path: '/tmp/x' }),
    ],
    [
      'a key that leaves the run',
      /Artifact key leaves the repository/,
      t => Object.assign(t.first.outputs.artifacts[0] ?? {}, { s3: { key: '../../out.json' } }),
    ],
  ])('is refused when it comes to it: %s', async (_, message, change) => {
    const templates = smallTemplates();
    const dags = smallDags();
    change(templates, dags);
    const pipeline = await smallPipeline({}, templates, dags);
    await expect(pipeline.run()).rejects.toThrow(message);
  });
});

describe('ConfigMaps and Secrets', () => {
  const mounted = () => {
    const templates = smallTemplates();
    templates.first.volumes.push(
      { name: 'config', configMap: { name: 'app-config' } },
      {
        name: 'secret',
        secret: { secretName: 'app-secret', defaultMode: 288, items: [{ key: 'token', path: 'here' }] },
      },
    );
    Object.assign(templates.first.container, {
      args: ['--in-config=/etc/config/config.yaml', '--in-secret=/etc/secret/here', ...templates.first.container.args],
      volumeMounts: [
        ...templates.first.container.volumeMounts,
        { name: 'config', mountPath: '/etc/config', readOnly: true },
        { name: 'secret', mountPath: '/etc/secret', readOnly: true },
      ],
      env: [
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'app-secret', key: 'token' } } },
        { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'app-config', key: 'level', optional: true } } },
        { name: 'CONFIG', value: '/etc/config/config.yaml' },
      ],
    });
    return templates;
  };

  it('are files, by key', async () => {
    const pipeline = await smallPipeline({}, mounted());
    await mkdir(pipeline.path('files/configmaps/app-config'), { recursive: true });
    await mkdir(pipeline.path('files/secrets/app-secret'), { recursive: true });
    await writeFile(pipeline.path('files/configmaps/app-config/config.yaml'), 'a: 1');
    await writeFile(pipeline.path('files/secrets/app-secret/token'), 'hush');
    await pipeline.run();
    const { inputs, env } = await pipeline.artifact('first');
    expect(inputs).toMatchObject({ 'in-config': 'a: 1', 'in-secret': 'hush' });
    expect(env).toMatchObject({ TOKEN: 'hush', CONFIG: pipeline.path('files/configmaps/app-config/config.yaml') });
    expect(env).not.toHaveProperty('LEVEL');
  });

  it('are named when they are not there', async () => {
    const pipeline = await smallPipeline({}, mounted());
    await expect(pipeline.run()).rejects.toThrow(/ConfigMap is not there: app-config/);
  });
});
