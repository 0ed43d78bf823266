import { openDirectoryLedger } from '../../lib/ledger/directory.ts';

/** A process that claims every delivery of a record and prints the subjects that it won. */
const [directory = '', id = '', owner = ''] = process.argv.slice(2);
const ledger = openDirectoryLedger(directory);
const record = await ledger.read(id);
const won: string[] = [];
for (const { step, subject } of record?.deliveries ?? []) {
  const now = Date.now();
  const after = await ledger.apply(id, [
    {
      type: 'claim',
      at: new Date(now).toISOString(),
      leaseUntil: new Date(now + 600_000).toISOString(),
      step,
      subject,
      owner,
      keyHonoured: true,
    },
  ]);
  if (after.deliveries.some(delivery => delivery.subject === subject && delivery.owner === owner)) won.push(subject);
}
process.stdout.write(JSON.stringify(won));
