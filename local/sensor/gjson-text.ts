import type { Json } from './json-text.ts';

/** gjson's text: whole numbers as they are written, others without exponent. */
export function textOf(json: Json): string {
  if (json.type !== 'number' || /^-?\d+$/.test(json.raw)) return json.raw;
  const text = String(json.value);
  return /e/.test(text) ? withoutExponent(json.value) : text;
}

function withoutExponent(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const all = whole + fraction;
  const point = Number(exponent) + 1;
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${all}`
      : point >= all.length
        ? all.padEnd(point, '0')
        : `${all.slice(0, point)}.${all.slice(point)}`;
  return value < 0 ? `-${text}` : text;
}
