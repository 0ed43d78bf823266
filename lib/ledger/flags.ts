import { Option } from 'commander';

/** The flag of every step that reads or writes records. */
export const ledgerOption = () =>
  new Option('--ledger <place>', 'where the records are kept: a directory, or kubernetes').env('AFTERSYNC_LEDGER');

/** The flag of every step that writes records. */
export const headOption = () =>
  new Option('--head-out <file>', 'where the head of the record is written, for who keeps it elsewhere');
