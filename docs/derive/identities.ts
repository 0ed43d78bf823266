import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { code, prose, table } from './markdown.ts';

/** Where service accounts are, and which component brings them; null: every overlay has them. */
const PLACES: readonly { folder: string; component: string | null }[] = [
  { folder: 'deploy/base/identities', component: null },
  { folder: 'deploy/components/archive/namespaced', component: 'archive' },
  { folder: 'deploy/components/argocd-diff/common/identity', component: 'argocd-diff' },
  { folder: 'deploy/components/argocd-diff/core/identity', component: 'argocd-diff/core' },
  { folder: 'deploy/components/compact/identity', component: 'compact' },
];

const Named = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) });
const Rules = z.object({
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});
const Binding = z.object({
  roleRef: z.object({ name: z.string() }),
  subjects: z.array(z.object({ name: z.string() })),
});

interface Grant {
  account: string;
  component: string | null;
  rights: string[];
}

/** What every identity may do in its own namespace, and what the roles for other namespaces hold: two tables. */
export function identityTables(root: string): string {
  const files = new Map<string, string>();
  const rights = new Map<string, string[]>();
  const grants: (Omit<Grant, 'rights'> & { role: string | null })[] = [];
  const roles: [name: string, why: string][] = [];
  for (const { file, component, text, kind, name, object } of objectsOf(root)) {
    if (kind === 'ServiceAccount') {
      files.set(name, file);
      grants.push({ account: name, component, role: null });
    }
    if (kind === 'Role' || kind === 'ClusterRole') rights.set(name, rightsOf(object));
    if (kind === 'ClusterRole') roles.push([name, commentOf(text)]);
    if (kind !== 'RoleBinding') continue;
    const { roleRef, subjects } = Binding.parse(object);
    for (const subject of subjects) grants.push({ account: subject.name, component, role: roleRef.name });
  }
  const rows = new Map<string, Grant>();
  for (const { account, component, role } of grants) {
    const key = `${account} ${component}`;
    const row = rows.get(key) ?? { account, component, rights: [] };
    rows.set(key, row);
    const added = role === null ? [] : (rights.get(role) ?? [`**unknown role ${role}**`]);
    row.rights.push(...added.filter(right => !row.rights.includes(right)));
  }
  return [
    table(
      ['Identity', 'May, in its own namespace', 'Brought by'],
      [...rows.values()].map(({ account, component, rights: may }) => [
        `[${code(account)}](../${files.get(account)})`,
        may.join('; ') || 'nothing',
        component === null ? 'every overlay' : `component ${code(component)}`,
      ]),
    ),
    'Roles that hold where you bind them, namespace by namespace:',
    table(
      ['ClusterRole', 'Allows', 'Why'],
      roles.map(([name, why]) => [code(name), (rights.get(name) ?? []).join('; '), prose(why)]),
    ),
  ].join('\n\n');
}

const objectsOf = (root: string) =>
  PLACES.flatMap(({ folder, component }) =>
    readdirSync(join(root, folder))
      .sort()
      .flatMap(name => {
        const file = `${folder}/${name}`;
        const text = readFileSync(join(root, file), 'utf8');
        return parseAllDocuments(text).flatMap(document => {
          const object: unknown = document.toJS();
          const named = Named.safeParse(object).data;
          return named === undefined
            ? []
            : [{ file, component, text, kind: named.kind, name: named.metadata.name, object }];
        });
      }),
  );

const rightsOf = (role: unknown): string[] =>
  Rules.parse(role).rules.map(({ resources, verbs }) => `${verbs.join(', ')} ${resources.map(code).join(', ')}`);

/** The comment at the top of a manifest, as one text. */
const commentOf = (text: string): string =>
  (/^(?:#.*\n)+/.exec(text)?.[0] ?? '').replace(/^# ?/gm, '').replace(/\n/g, ' ').trim();

const Volumes = z.object({
  spec: z.object({
    templates: z.array(
      z.object({
        name: z.string(),
        volumes: z.array(z.object({ secret: z.object({ secretName: z.string() }).optional() })).default([]),
      }),
    ),
  }),
});

/** Which step mounts which Secret: all that can read it, for no identity of a step may read Secrets from the API server. */
export function secretTable(root: string): string {
  const steps = new Map<string, string[]>();
  const folder = join(root, 'workflow-templates');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const owner = Volumes.safeParse(parse(readFileSync(join(folder, file), 'utf8'))).data;
    for (const { name, volumes } of owner?.spec.templates ?? [])
      for (const { secret } of volumes)
        if (secret !== undefined) steps.set(secret.secretName, [...(steps.get(secret.secretName) ?? []), name]);
  }
  return table(
    ['Secret', 'Mounted by'],
    [...steps].sort(([a], [b]) => a.localeCompare(b)).map(([name, by]) => [code(name), by.map(code).join(', ')]),
  );
}

/** Puts a text between two markers of a page. @throws Error where they are missing */
export function between(page: string, marker: string, text: string): string {
  const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`no ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`;
}
