import { configurationFrom } from '../../lib/runtime/configuration.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { sampleOf } from './configuration-values.ts';
import type { DocumentedContract } from './contracts.ts';
import { type Field, fieldsOf } from './fields.ts';
import { documentedSchema } from './json-schema.ts';
import { code, fieldCells, GENERATED, prose, table } from './markdown.ts';

/**
 * docs/configuration.md
 * @param minimal a document that works, without a key that has a default, YAML
 * @param complete one that has every key, YAML
 */
export function configurationPage(contract: DocumentedContract, minimal: string, complete: string): string {
  const fields = fieldsOf(documentedSchema(contract));
  const sections = [...new Set(fields.map(sectionOf))].map(name => {
    const own = fields.filter(field => sectionOf(field) === name);
    const lead = own.find(field => field.path === name && own.length > 1);
    const keys = own.filter(field => field !== lead);
    return `## ${name}\n\n${lead ? `${prose(lead.description)}\n\n` : ''}${keyTable(keys, complete)}`;
  });
  return `${GENERATED}

# Configuration

One YAML document configures every step. In the cluster it is the ConfigMap \`aftersync-config\`; elsewhere each step takes it as
\`--config FILE\` or from the environment variable \`AFTERSYNC_CONFIG\`. A key that is not listed here is refused.

Nothing is reloaded, and nothing needs a restart: a changed ConfigMap counts from the next Workflow on. A Workflow that is under way may read
the old document in one step and the new one in the next: let it end, or retry it, after the change.

## Secrets

No secret is in this document.

${table(
  ['Secret', 'Where a step finds it'],
  [
    ['Client id of the proxy', '`AFTERSYNC_JET_CLIENT_ID`, or the file that `AFTERSYNC_JET_CLIENT_ID_FILE` names'],
    [
      'Client secret of the proxy',
      '`AFTERSYNC_JET_CLIENT_SECRET`, or the file that `AFTERSYNC_JET_CLIENT_SECRET_FILE` names',
    ],
    ['Credentials of Artifactory', '`--regcred FILE`, the `.dockerconfigjson` of the Secret `regcred`'],
    [
      'Keys of the archive',
      '`AFTERSYNC_ARCHIVE_ACCESS_KEY_ID` and `AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY`, or the files that `…_FILE` names, from the Secret `aftersync-archive`',
    ],
  ],
)}

## Minimal example

Every key that has no default, and nothing else:

\`\`\`yaml
${minimal.trim()}
\`\`\`

## What is said of a mistake

A step that is given a wrong document does nothing and exits 2; the line names each wrong key by its path. A key that does not exist
is never passed over. \`aftersync doctor --local --config FILE\` says the same of all keys at once before anything is deployed; in a clone it is
\`npx tsx bin/aftersync.ts doctor\`.

\`\`\`text
${MISTAKES.map(([from, to]) => refusalOf(minimal.replace(from, to))).join('\n')}
\`\`\`

The tables say for each key what the program answers to a value that it does not take.

${sections.join('\n\n')}
`;
}

const sectionOf = ({ path }: Field): string => path.split(/[.[]/, 1)[0] ?? path;

/** What people get wrong, as edits of the minimal example. */
const MISTAKES: readonly [from: string, to: string][] = [
  ['environments:', 'alerts:\n  chanels: []\nenvironments:'],
  ['environments:', 'alerts:\n  pagerdutty: key\nenvironments:'],
  ['url: https://jet-proxy', 'url: jet-proxy'],
  ['    resource: jet-evidence-proxy', '    resource: [jet-evidence-proxy'],
];

/** @throws Error where it is taken */
function refusalOf(text: string): string {
  try {
    configurationFrom(text, '--config=config.yaml');
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error(`no mistake: ${text}`);
}

const keyTable = (fields: readonly Field[], complete: string): string =>
  table(
    ['Key', 'Type', 'Default', 'Example', 'A wrong value, and what is said of it', 'Description'],
    fields.map(field => {
      const { example, wrong, message } = sampleOf(complete, field.path);
      const shown = holdsKeys(field) ? '' : code(example);
      return [
        ...fieldCells(field),
        defaultOf(field),
        shown,
        `${code(wrong)}: ${prose(message)}`,
        prose(field.description),
      ];
    }),
  );

function defaultOf(field: Field): string {
  const { required, default: value } = field;
  if (required) return '**required**';
  return value === undefined || holdsKeys(field) ? '' : code(JSON.stringify(value));
}

/** Its own keys are lines of the table. */
const holdsKeys = ({ type }: Field): boolean => /(^|of )object$/.test(type);
