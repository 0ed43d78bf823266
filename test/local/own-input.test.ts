import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../local/cli.ts';
import { readBody } from '../../local/event-file.ts';
import { planOwnInput } from '../../local/own-input.ts';
import { runStep, workspace } from '../support/run-step.ts';

const SAMPLE = 'local/samples/production';
const envelope = JSON.parse(await readFile(`${SAMPLE}/event.json`, 'utf8')) as { name: string };
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

describe('readBody', () => {
  it.each([
    ['the envelope', JSON.stringify(envelope)],
    ['the envelope as base64', base64(envelope)],
    ['the body of the notification', JSON.stringify({ name: envelope.name, event: base64(envelope) })],
  ])('understands %s', async (_, text) => {
    const { path } = await workspace({ event: text });
    expect(await readBody(path('event'), '--event-file')).toEqual({ name: envelope.name, event: base64(envelope) });
  });

  it.each([
    ['{"a": 1}', /Not an event: --event-file=/],
    ['42', /Not an event/],
    ['{{workflow.name}}', /Not JSON: --event-file=.*give JSON, or JSON as base64/],
    ['', /Not JSON/],
  ])('refuses %j', async (text, message) => {
    const { path } = await workspace({ event: text });
    await expect(readBody(path('event'), '--event-file')).rejects.toThrow(message);
  });
});

describe('a run on one’s own files', () => {
  const plan = async (rest: object = {}) => {
    const { path } = await workspace({
      'application.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: checkout }',
      'diff.txt': '',
      'window.yaml': '',
    });
    const dir = path('kept/x');
    await mkdir(dirname(dir));
    await mkdir(dir);
    const input = {
      eventFile: `${SAMPLE}/event.json`,
      application: path('application.yaml'),
      config: `${SAMPLE}/config.yaml`,
      regcred: `${SAMPLE}/secrets/regcred/.dockerconfigjson`,
      ...rest,
    };
    const found = await planOwnInput(input, dir);
    await found.close();
    return { ...found, path };
  };

  it('submits nothing unless it is told to', async () => {
    const { machine, title } = await plan();
    expect(machine.args['submit-evidence']).toEqual(['--dry-run']);
    expect(machine.args['submit-release']).toEqual(['--dry-run']);
    expect(machine.args.conclude).toEqual(['--dry-run']);
    expect(title).toMatch(/nothing is submitted/);
    const submitting = await plan({ submit: true });
    expect(submitting.machine.args['submit-evidence']).toEqual([]);
    expect(submitting.machine.args['submit-release']).toEqual([]);
  });

  it('gives each step its files', async () => {
    const { path, machine } = await plan();
    expect(machine.args['fetch-app']).toEqual(['--dry-run', `--application=${path('application.yaml')}`]);
    expect(await readFile(`${machine.files.directory}/configmaps/aftersync-config/config.yaml`, 'utf8')).toContain(
      'jet:',
    );
    expect(await readFile(`${machine.files.directory}/secrets/regcred/.dockerconfigjson`, 'utf8')).toContain('auths');
  });
});

describe('the command line', () => {
  it.each<[string, string[], RegExp]>([
    ['a sample that is not there', ['--sample', 'x'], /No such sample: --sample=x; one of incomplete, production/],
    ['a path for a sample', ['--sample', '../samples/production'], /No such sample/],
    ['two inputs', ['--sample', 'production', '--event-file', 'x'], /Two inputs/],
    ['a file without an event', ['--submit'], /Flag without an event: --submit/],
    ['no configuration', ['--event-file', `${SAMPLE}/event.json`], /No configuration: --config/],
    [
      'more than an Application',
      [
        '--event-file',
        `${SAMPLE}/event.json`,
        '--config',
        `${SAMPLE}/config.yaml`,
        '--application',
        `${SAMPLE}/cluster.yaml`,
      ],
      /Not one document: --application=/,
    ],
    [
      'another kind than an Application',
      [
        '--event-file',
        `${SAMPLE}/event.json`,
        '--config',
        `${SAMPLE}/config.yaml`,
        '--application',
        `${SAMPLE}/event.json`,
      ],
      /Not as documented: --application=/,
    ],
    [
      'an event that is not there',
      ['--event-file', 'nowhere', '--config', 'x'],
      /File cannot be read: --event-file=nowhere/,
    ],
    ['a flag that it does not know', ['--form', 'fetch-app'], /unknown option '--form'/],
    ['a step that has not run', ['--from', 'submit-release'], /Nothing is kept of an earlier step/],
    ['a step that there is not', ['--from', 'submit'], /No such step: --from=submit; one of fetch-app, diff-images/],
  ])('refuses %s with exit 2', async (_, argv, message) => {
    const { path } = await workspace();
    const { exitCode, output } = await runStep(main, [...argv, '--dir', path('kept')]);
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('explains itself', async () => {
    const { exitCode, output } = await runStep(main, ['--help']);
    expect(exitCode).toBe(0);
    for (const word of ['--sample incomplete', '--from submit-evidence', '--event-file', '--submit', 'Exit codes'])
      expect(output).toContain(word);
  });
});
