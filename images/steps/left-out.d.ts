import type { Plugin } from 'esbuild';

export function leftOut(): Plugin;
