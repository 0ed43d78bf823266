import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { unwiringPatch, wiringPatch } from './wiring.ts';

// kubectl -n argocd get configmap argocd-notifications-cm -o json | npx tsx event-sources/argocd/wire.ts [--remove]
// prints the merge patch for the same ConfigMap.

const ConfigMap = z.object({ data: z.record(z.string(), z.string()).default({}) });
const fragment = fileURLToPath(new URL('notifications-cm.yaml', import.meta.url));

const { data: existing } = ConfigMap.parse(JSON.parse(readFileSync(0, 'utf8')));
const { data: own } = ConfigMap.parse(parse(readFileSync(fragment, 'utf8')));
const patch = process.argv.includes('--remove') ? unwiringPatch(existing, own) : wiringPatch(existing, own);
process.stdout.write(`${JSON.stringify({ data: patch })}\n`);
