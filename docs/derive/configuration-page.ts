import type { DocumentedContract } from './contracts.ts';
import { type Field, fieldsOf } from './fields.ts';
import { documentedSchema } from './json-schema.ts';
import { code, fieldCells, GENERATED, prose, table } from './markdown.ts';

/**
 * docs/configuration.md
 * @param example a minimal document that works, YAML
 */
export function configurationPage(contract: DocumentedContract, example: string): string {
  const fields = fieldsOf(documentedSchema(contract));
  const sections = [...new Set(fields.map(sectionOf))].map(name => {
    const own = fields.filter(field => sectionOf(field) === name);
    const lead = own.find(field => field.path === name && own.length > 1);
    const keys = own.filter(field => field !== lead);
    return `## ${name}\n\n${lead ? `${prose(lead.description)}\n\n` : ''}${keyTable(keys)}`;
  });
  return `${GENERATED}

# Configuration

One YAML document configures every step. In the cluster it is the ConfigMap \`aftersync-config\`; elsewhere each step takes it as
\`--config FILE\` or from the environment variable \`AFTERSYNC_CONFIG\`. A key that is not listed here is refused.

A changed ConfigMap counts from the next Workflow on. A Workflow that is under way may read the old document in one step and the
new one in the next: let it end, or retry it, after the change.

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
${example.trim()}
\`\`\`

${sections.join('\n\n')}
`;
}

const sectionOf = ({ path }: Field): string => path.split(/[.[]/, 1)[0] ?? path;

const keyTable = (fields: readonly Field[]): string =>
  table(
    ['Key', 'Type', 'Default', 'Description'],
    fields.map(field => [...fieldCells(field), defaultOf(field), prose(field.description)]),
  );

function defaultOf({ required, default: value, type }: Field): string {
  if (required) return '**required**';
  const holdsKeys = type === 'object';
  return value === undefined || holdsKeys ? '' : code(JSON.stringify(value));
}
