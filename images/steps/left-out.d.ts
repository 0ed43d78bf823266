import type { Plugin } from 'esbuild';

export function leftOut(onFirstUse: Readonly<Record<string, string>>): Plugin;
