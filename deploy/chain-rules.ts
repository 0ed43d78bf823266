/** A rule of the API server: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules */
export interface ValidationRule {
  rule: string;
  message: string;
}

const held = (field: string): string => `has(oldSelf.status) && has(oldSelf.status.${field})`;

/** Holds where there was no such field before. The rules are those of the whole object, so that they hold for a status that is taken away. */
const onceThere = (field: string, then: string): string =>
  `!(${held(field)}) || (has(self.status) && has(self.status.${field}) && ${then})`;

/** A list that nothing is taken off. */
export const onlyGrows = (field: string): ValidationRule => ({
  rule: onceThere(field, `size(self.status.${field}) >= size(oldSelf.status.${field})`),
  message: `${field} only grow`,
});

/** A field that keeps its first value. */
export const staysAsItIs = (field: string): ValidationRule => ({
  rule: onceThere(field, `self.status.${field} == oldSelf.status.${field}`),
  message: `${field} cannot be changed`,
});

const last = 'size(oldSelf.status.receipts) - 1';

/**
 * Comparing every receipt with what it was is dearer than a rule may be. The last one stays where it was, and it holds the
 * hash of the one before it: whoever changes an earlier one breaks the chain, which aftersync verify names.
 */
export const RECEIPTS_ONLY_GROW: readonly ValidationRule[] = [
  onlyGrows('receipts'),
  {
    rule: onceThere(
      'receipts',
      `(size(oldSelf.status.receipts) == 0 || size(self.status.receipts) < size(oldSelf.status.receipts) || self.status.receipts[${last}] == oldSelf.status.receipts[${last}])`,
    ),
    message: 'a receipt cannot be changed',
  },
];
