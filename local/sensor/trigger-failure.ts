/** Why Argo Events itself would not run a trigger: such an event goes to the dead letters. */
export class TriggerFailure extends Error {
  override readonly name = 'TriggerFailure';
}
