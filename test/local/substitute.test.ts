import { describe, expect, it } from 'vitest';
import { substitute } from '../../local/substitute.ts';

const scope = { 'workflow.name': 'shop-1', 'inputs.parameters.event': '{{workflow.name}}' };

describe('substitute', () => {
  it('replaces tags in every text of a value and leaves the rest', () => {
    const value = {
      args: ['--name={{workflow.name}}', 'plain'],
      key: '{{workflow.name}}/a/{{workflow.name}}.json',
      n: 3,
    };
    expect(substitute(value, scope, 'test')).toEqual({
      args: ['--name=shop-1', 'plain'],
      key: 'shop-1/a/shop-1.json',
      n: 3,
    });
  });

  it('does not look again at what came in', () => {
    expect(substitute('--event={{inputs.parameters.event}}', scope, 'test')).toBe('--event={{workflow.name}}');
  });

  it.each(['{{workflow.uid}}', '{{ workflow.name }}', '{{=workflow.name}}', '{{constructor}}', '{{toString}}'])(
    'refuses %s, which names nothing',
    text => {
      expect(() => substitute({ args: [text] }, scope, 'template x')).toThrow(/names nothing: template x\.args\[0\]/);
    },
  );
});
