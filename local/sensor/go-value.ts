/** What Go's templates see in place of a name that is missing. A value is this, or one of JSON, or a bigint for an integer. */
export const Missing = Symbol('no value');

/** Why Go itself fails on a template; Argo Events then takes the key or the default of the parameter. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Go's float64 without a format: 1784000000000 is `1.784e+12`. */
export function floatText(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
