import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../supply-chain/write-licences.ts';
import { runStep, workspace } from '../support/run-step.ts';

interface Folder {
  license?: string;
  author?: unknown;
  files?: Record<string, string>;
}

/** Packages in a node_modules of their own, and a metafile that says that they were bundled. */
async function bundle(packages: Record<string, Folder>) {
  const { directory, path } = await workspace();
  const inputs: Record<string, { bytesInOutput: number }> = { 'lib/ours.ts': { bytesInOutput: 1 } };
  for (const [name, { files = {}, ...described }] of Object.entries(packages)) {
    const folder = `${directory}/node_modules/${name}`;
    inputs[`${folder}/index.js`] = { bytesInOutput: 1 };
    const all = { 'package.json': JSON.stringify({ name, version: '1.0.0', ...described }), ...files };
    for (const [file, text] of Object.entries(all)) {
      await mkdir(dirname(`${folder}/${file}`), { recursive: true });
      await writeFile(`${folder}/${file}`, text);
    }
  }
  await writeFile(path('metafile.json'), JSON.stringify({ outputs: { 'dist/a.js': { inputs } } }));
  const argv = [`--metafile=${path('metafile.json')}`, `--out=${path('LICENSES')}`];
  return {
    argv,
    text: () => readFile(path('LICENSES'), 'utf8'),
    edit: (to: string) => writeFile(path('LICENSES'), to),
  };
}

const MIT = 'MIT License\n\nCopyright (c) somebody';

describe('licences', () => {
  it('writes each text once, with the packages that it is of', async () => {
    const { argv, text } = await bundle({
      b: { license: 'MIT', files: { license: `${MIT}\r\n` } },
      '@a/a': { license: 'MIT', files: { 'LICENSE.md': MIT } },
      c: { license: 'Apache-2.0', files: { LICENSE: 'Apache', NOTICE: 'made by c' } },
      d: { license: 'MIT', author: { name: 'Dee' } },
    });
    expect(await runStep(main, argv)).toMatchObject({ exitCode: 0, output: expect.stringContaining('4 packages') });
    const [head, ...parts] = (await text()).split(`\n\n${'-'.repeat(80)}\n\n`);
    expect(head).toContain('code of 4 packages');
    expect(parts.map(part => part.trim())).toEqual([
      `@a/a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\n${MIT}`,
      'c 1.0.0 (Apache-2.0)\n\nApache',
      expect.stringMatching(/^d 1.0.0 \(MIT\), by Dee\n\nThis comes without the text/),
      'c 1.0.0 (Apache-2.0), NOTICE\n\nmade by c',
    ]);
  });

  it('says whether the file is as it would be written', async () => {
    const { argv, edit } = await bundle({ a: { license: 'MIT', files: { LICENSE: MIT } } });
    const check = () => runStep(main, [...argv, '--check']);
    expect(await check()).toMatchObject({ exitCode: 1, output: expect.stringContaining('npm run licences') });
    await runStep(main, argv);
    expect((await check()).exitCode).toBe(0);
    await edit('other');
    expect((await check()).exitCode).toBe(1);
  });

  it.each([
    ['that nobody accepted', { license: 'GPL-3.0' }, /a@1.0.0 \(GPL-3.0\)/],
    ['that is not named', {}, /a@1.0.0 \(no licence\)/],
  ])('refuses a licence %s', async (_, folder, message) => {
    const { argv } = await bundle({ a: folder });
    expect(await runStep(main, argv)).toMatchObject({ exitCode: 1, output: expect.stringMatching(message) });
  });

  it('wants a build', async () => {
    expect(await runStep(main, ['--metafile=nosuch.json'])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('npm run build'),
    });
  });
});
