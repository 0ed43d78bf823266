import type { DocumentedContract } from './contracts.ts';
import { fieldsOf } from './fields.ts';
import { documentedSchema } from './json-schema.ts';
import { code, fieldCells, GENERATED, prose, table } from './markdown.ts';

/** docs/reference/<contract>.md */
export function referencePage(contract: DocumentedContract): string {
  const schema = documentedSchema(contract);
  const rows = fieldsOf(schema).map(field => [
    ...fieldCells(field),
    field.required ? 'yes' : field.default === undefined ? 'no' : `no, default ${code(JSON.stringify(field.default))}`,
    prose(field.description),
  ]);
  return `${GENERATED}

# ${contract.name}

${prose(schema.description ?? '')}

- Found as: ${contract.foundAs}
- Written by: ${contract.writtenBy}
- Read by: ${contract.readBy}
- JSON Schema: [${contract.slug}.schema.json](${contract.slug}.schema.json)
- Keys that are not listed here are ${contract.name === 'SyncEvent' ? 'ignored' : 'refused'}.

${table(['Field', 'Type', 'Required', 'Description'], rows)}
`;
}

/** docs/reference/README.md */
export function referenceIndex(contracts: readonly DocumentedContract[], configuration: DocumentedContract): string {
  const rows = contracts.map(({ name, slug, foundAs, writtenBy, readBy }) => [
    `[${name}](${slug}.md)`,
    foundAs,
    writtenBy,
    readBy,
  ]);
  return `${GENERATED}

# Contracts

What the steps hand each other. Each is checked by the step that writes it and by each step that reads it.

${table(['Contract', 'Found as', 'Written by', 'Read by'], rows)}

The configuration has a page of its own: [configuration.md](../configuration.md),
[${configuration.slug}.schema.json](${configuration.slug}.schema.json).
`;
}
