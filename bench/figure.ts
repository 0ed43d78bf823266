/** One line of the table. */
export interface Row {
  /** What was measured. */
  what: string;
  ours: string;
  /** What it is compared with, measured in the same run. */
  reference: string;
  /** null where the target is an absolute one. */
  ratio: number | null;
  /** What is to be reached. */
  target: string;
  /** null where there is no target. */
  holds: boolean | null;
}

/** Something that is measured by itself: `npm run bench -- NAME`. */
export interface Figure {
  description: string;
  /** It runs where KUBECONFIG names a cluster with the demo overlay, and is skipped elsewhere. */
  needsCluster?: true;
  /** How often both are measured, unless --rounds says otherwise. */
  rounds: number;
  /** Ours and the reference in turn, so that what else the machine does is in both. */
  measure: (rounds: number) => Promise<Row[]>;
}
