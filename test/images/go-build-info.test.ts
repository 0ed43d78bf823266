import { expect, test } from 'vitest';
import { readGoBuildInfo } from '../../images/go-build-info.ts';

const MODULES = [
  'path\texample.com/shop/cmd',
  'mod\texample.com/shop\tv3.5.1\th1:abc=',
  'dep\tgithub.com/a/b\tv1.0.0\th1:abc=',
  'dep\tgithub.com/old/c\tv0.1.0',
  '=>\tgithub.com/new/c\tv0.2.0\th1:abc=',
  'build\t-compiler=gc\n',
].join('\n');

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** As Go's linker lays it out, at a multiple of 16. */
function program(text: string, { flags = 2, before = Buffer.alloc(64) } = {}): Buffer {
  const framed = Buffer.concat([Buffer.alloc(16, 0x30), Buffer.from(text), Buffer.alloc(16, 0x31)]);
  const version = Buffer.from('go1.26.3');
  return Buffer.concat([
    before,
    Buffer.from('\xff Go buildinf:', 'latin1'),
    Buffer.from([8, flags, ...Array(16).fill(0)]),
    Buffer.from(varint(version.length)),
    version,
    Buffer.from(varint(framed.length)),
    framed,
    Buffer.alloc(100),
  ]);
}

const EXPECTED = {
  goVersion: '1.26.3',
  main: { path: 'example.com/shop', version: 'v3.5.1' },
  modules: [
    { path: 'github.com/a/b', version: 'v1.0.0' },
    { path: 'github.com/new/c', version: 'v0.2.0' },
  ],
};

test('reads what a Go program was built from, with what was replaced', () => {
  expect(readGoBuildInfo(program(MODULES))).toEqual(EXPECTED);
});

test.each([
  ['with nothing behind it', Buffer.from('\xff Go buildinf:', 'latin1'), 16],
  ['at a place where no header is', program(MODULES.replace('v3.5.1', 'v0.0.0'), { before: Buffer.alloc(0) }), 21],
])('passes over the same mark elsewhere in the program, %s', (_, decoy, at) => {
  const before = Buffer.alloc(640);
  decoy.copy(before, at);
  expect(readGoBuildInfo(program(MODULES, { before }))).toEqual(EXPECTED);
});

test.each([
  ['no Go program', Buffer.from('#!/bin/sh')],
  ['one of before 1.18', program(MODULES, { flags: 0 })],
  ['one without modules', program('path\tcommand-line-arguments\n'.padEnd(60))],
])('refuses %s', (_, file) => {
  expect(() => readGoBuildInfo(file)).toThrow('No Go program of 1.18 or later');
});
