import { describe, expect, it } from 'vitest';
import { readEvent } from '../../local/sensor/event.ts';
import { readJson } from '../../local/sensor/json-text.ts';
import type { TriggerParameter } from '../../local/sensor/manifest.ts';
import { applyParameters as apply } from '../../local/sensor/parameters.ts';
import { TriggerFailure } from '../../local/sensor/trigger-failure.ts';
import { applyParameters, PROGRAM } from './argo-events.ts';

/** Text, because it is handed on as it is written: 1.50, and an integer that no double holds. The EventSource sends no spaces. */
const EVENT = readJson(`{
  "header": {"X-Foo": ["one", "two"], "a.b": ["dotted"]},
  "body": {
    "text": "shop", "empty": "", "nothing": null, "yes": true, "no": false, "words": "größer \\u00e9 \\"q\\" <&>",
    "n": 1784000000000, "big": 12345678901234567890, "f": 1.50, "small": 0.000001234, "e": 1.5e300, "neg": -12, "zero": 0,
    "list": ["a", {"k": "v"}, [1, 2]], "object": {"z": 1, "a": {"b": "<c>"}, "1": "one"}, "twice": "first", "twice": "second",
    "event": "eyJpbnN0YW5jZSI6ImRlZmF1bHQiLCJkYXRhIjp7InVpZCI6IjAifX0=", "dotted.key": "dot", "007": "bond", "pipe|d": "pipe"
  }
}`).raw;
const RESOURCE = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a-', labels: { 'example.com/x': 'x' } },
  data: { text: 'was', nothing: null, number: 5, fraction: 1.5, yes: true },
  list: ['zero', { k: 'v' }],
};

type Src = Partial<TriggerParameter['src']>;
const to = (dest: string, src: Src, operation?: TriggerParameter['operation']): TriggerParameter => ({
  src: { dependencyName: 'sync', ...src },
  dest,
  ...(operation !== undefined && { operation }),
});
const key = (dataKey: string, rest: Src = {}) => to('data.out', { dataKey, ...rest });
const raw = (dataKey: string) => key(dataKey, { useRawData: true });
const template = (dataTemplate: string, rest: Src = {}) => to('data.out', { dataTemplate, ...rest });
const at = (dest: string) => to(dest, { dataKey: 'body.text' });

const CASES: Record<string, TriggerParameter[]> = {
  ...Object.fromEntries(
    [
      'text empty nothing yes no words n big f small e neg zero list list.1 list.2.0 list.9 list.x object object.1 object.a',
      'twice twice.x nope nope.nope dotted\\.key 007 pipe\\|d event',
    ]
      .join(' ')
      .split(' ')
      .flatMap(path => [
        [`body.${path}`, [key(`body.${path}`)]],
        [`body.${path}, raw`, [raw(`body.${path}`)]],
        [`body.${path}, with a default`, [key(`body.${path}`, { value: 'default' })]],
      ])
      // Beyond what a number of this program can hold.
      .filter(([title]) => title !== 'body.big, raw'),
  ),
  'the whole body': [key('body')],
  'the whole event': [key('@this')],
  'a header': [key('header.X-Foo.1')],
  'a header with a dot': [key('header.a\\.b.0')],
  'a value alone': [to('data.out', { value: 'constant' })],
  'an index as text': [key('body.list.00')],
  'another dependency': [to('data.text', { dependencyName: 'other', dataKey: 'body.text' })],
  'another dependency with a default': [to('data.text', { dependencyName: 'other', dataKey: 'body.text', value: 'd' })],
  append: [to('metadata.name', { dataKey: 'body.text' }, 'append')],
  prepend: [to('metadata.name', { dataKey: 'body.text' }, 'prepend')],
  overwrite: [to('metadata.name', { dataKey: 'body.text' }, 'overwrite')],
  'append to nothing': [to('data.out', { dataKey: 'body.text' }, 'append')],
  'append to null': [to('data.nothing', { dataKey: 'body.text' }, 'append')],
  'append to a number': [to('data.number', { dataKey: 'body.n' }, 'append')],
  'append to a fraction': [to('data.fraction', { dataKey: 'body.f' }, 'append')],
  'append to a boolean': [to('data.yes', { dataKey: 'body.no' }, 'append')],
  'append raw': [to('data.number', { dataKey: 'body.n', useRawData: true }, 'append')],
  'append raw to nothing': [to('data.out', { dataKey: 'body.n', useRawData: true }, 'append')],
  'two, one after the other': [at('data.out'), to('data.out', { dataKey: 'body.neg' }, 'append')],
  ...Object.fromEntries(
    [
      'data.text data.text.below data.nothing.below data.nothing.0 data.nothing.-1 data.number.2 new.object new.list.0 new.list.2.x',
      'new.list.-1 new.list.-1.x list.0 list.1.k list.1.new list.2 list.4 list.4.x list.-1 list.-1.x list.0.x list.x list.00',
      'metadata.labels.example\\.com/x metadata.labels.example\\.com/y metadata.labels.dotted.name data.-1 data.7 kind kind.below metadata',
    ]
      .join(' ')
      .split(' ')
      .map(dest => [`to ${dest}`, [at(dest)]]),
  ),
  'raw to a list': [to('list.-1', { dataKey: 'body.object', useRawData: true })],
  'no kind left': [to('kind', { dataKey: 'body.empty' })],
  ...Object.fromEntries(
    [
      '{{ .Input.body.text }}',
      'a-{{ .Input.body.text }}-b',
      '{{ .Input.body.nope }}',
      'a-{{ .Input.body.nope }}-b',
      '{{ .Input.body.nope.nope }}',
      '{{ .Input.body.nothing }}x',
      '{{ .Input.body.nothing.x }}',
      '{{ .Input.body.text.x }}',
      '{{ .Input.body.list.x }}',
      '{{ .Input.nope }}{{ .nope }}x',
      '{{ .Input.body.empty }}',
      '{{ .Input.body.n }} {{ .Input.body.f }} {{ .Input.body.small }} {{ .Input.body.e }} {{ .Input.body.neg }} {{ .Input.body.zero }}',
      '{{ .Input.body.n | int64 }}',
      '{{ int .Input.body.f }}',
      '{{ .Input.body.yes }}{{ .Input.body.no }} {{ true }} {{ 12 }}',
      '{{ .Input.body.twice }}',
      '  {{- .Input.body.text -}}  x',
      '{{/* nothing */}}x{{- /* nothing */ -}} y',
      '{{ printf "%s/%s" .Input.body.text .Input.body.neg }}',
      '{{ printf "%v %v %v %v" .Input.body.n .Input.body.nothing .Input.body.nope .Input.body.yes }}',
      '{{ printf "%d %d" 5 .Input.body.neg }}',
      '{{ printf "%s %s %d" .Input.body.yes .Input.body.nope .Input.body.text }}',
      '{{ printf "%q %%" .Input.body.text }}',
      '{{ printf "%s %s" .Input.body.text }}',
      '{{ .Input.body.text | printf "%s-%s" "x" }}',
      '{{ .Input.body.text | upper | lower | trunc 2 }}',
      '{{ .Input.body.text | trunc -2 }}{{ trunc 9 .Input.body.text }}',
      '{{ .Input.body.text | sha256sum | trunc 16 }}',
      '{{ .Input.body.words | sha256sum }}',
      '{{ .Input.body.words | b64enc }}',
      '{{ (.Input.body.event | b64dec | fromJson).instance }}',
      '{{ $e := .Input.body.event | b64dec | fromJson }}{{ $e.data.uid }}/{{ $e.instance }}',
      '{{ $e := .Input.body.text | b64dec | fromJson }}{{ $e.data }}x',
      '{{ $e := .Input.body.words | b64dec | fromJson }}{{ $e.data }}x',
      '{{ $e := fromJson "null" }}{{ trim $e.data }}x',
      '{{ $e := "a" }}{{ $e = "b" }}{{ $e }}',
      '{{ $.Input.body.text }}',
      '{{ .Input.body.object | toJson }}',
      '{{ .Input.body.object | toRawJson }}',
      '{{ .Input.body | toJson | sha256sum }}',
      '{{ .Input.body.nope | toJson }}',
      '{{ .Input.body.list | toJson }}{{ .Input.body.f | toJson }}{{ .Input.body.e | toJson }}{{ .Input.body.small | toJson }}',
      '{{ .Input.body.nope | default "d" }}{{ .Input.body.empty | default "d" }}{{ .Input.body.zero | default "d" }}',
      '{{ .Input.body.text | default "d" }}{{ default "d" .Input.body.no }}',
      '{{ replace "o" "0" .Input.body.text }}{{ .Input.body.text | replace "" "-" }}',
      '{{ trimAll "sp" .Input.body.text }}{{ trimPrefix "s" .Input.body.text }}{{ trimSuffix "p" .Input.body.text }}',
      '{{ trimSuffix "" .Input.body.text }}{{ trimPrefix "x" .Input.body.text }}{{ trim " a b " }}',
      '{{ contains "ho" .Input.body.text }}{{ hasPrefix "s" .Input.body.text }}{{ hasSuffix "s" .Input.body.text }}',
      '{{ upper .Input.body.neg }}',
      '{{ upper .Input.body.nope }}',
      '{{ upper }}',
      '{{ "a" "b" }}',
      '{{ }}',
      '{{ $x }}',
      '{{ "a\\n\\"b\\"" }}{{ `raw\\n` }}',
      '{{ .Input.body.text | sha256sum | trunc 16 | printf "aftersync-%s" }}',
    ].flatMap(text => [
      [text, [template(text)]],
      [`${text}, with a default`, [template(text, { value: 'default' })]],
    ]),
  ),
  'a template that fails, with a key': [template('{{ .Input.body.nope }}', { dataKey: 'body.text' })],
  'a template that fails, with a key that is not there': [
    template('{{ .Input.body.nope }}', { dataKey: 'body.nope', value: 'default' }),
  ],
  'a template, raw': [template('{{ .Input.body.neg }}', { useRawData: true })],
};

/** Ours: the resource, or that the trigger fails. */
function rendered(parameters: readonly TriggerParameter[]): unknown {
  try {
    const { resource } = apply(RESOURCE, parameters, new Map([['sync', readEvent(EVENT, 'event')]]), 'sensor');
    return { resource };
  } catch (error) {
    if (error instanceof TriggerFailure) return 'the trigger fails';
    throw error;
  }
}

describe.skipIf(PROGRAM === '')(
  'a parameter is applied as Argo Events does (needs AFTERSYNC_ARGO_EVENTS_PARAMETERS, built by test/sensors/build)',
  () => {
    it.each(Object.entries(CASES))('%s', async (_, parameters) => {
      const made = await applyParameters({ event: EVENT, parameters, resource: RESOURCE });
      expect(rendered(parameters)).toEqual('refusal' in made ? 'the trigger fails' : made);
    });
  },
);

describe('what is not supported is refused by name', () => {
  it.each<[string, RegExp]>([
    ['body.list.#', /"#" in body\.list\.#/],
    ['body.list.#(k=="v").k', /#\(k/],
    ['body.*', /"\*"/],
    ['body.te?t', /"te\?t"/],
    ['body|text', /"body\|text"/],
    ['body.@reverse', /"@reverse"/],
    ['{body.text}', /"\{body"/],
    ['[body.text]', /"\[body"/],
    ['!"x"', /!/],
    ['body..text', /"" in body\.\.text/],
    ['body.', /"" in body\./],
    ['body\\', /in body/],
  ])('the path %s', (path, message) => {
    expect(() => rendered([key(path)])).toThrow(message);
    expect(() => rendered([key(path)])).toThrow(/^Part of a path is not supported: sensor: data\.out: /);
  });

  it.each([
    ['{{ if .Input.body.yes }}a{{ end }}', 'if'],
    ['{{ range .Input.body.list }}a{{ end }}', 'range'],
    ['{{ with .Input.body }}a{{ end }}', 'with'],
    ['{{ env "PATH" }}', 'env'],
    ['{{ now }}', 'now'],
    ['{{ constructor }}', 'constructor'],
    ['{{ .Input.body.list }}', 'an object or a list'],
    ['{{ printf "%5s" .Input.body.text }}', '%5'],
    ['{{ printf "%x" .Input.body.text }}', '%x'],
    ['{{ 1.5 }}', '1.5'],
    ['{{ .Input.body.words | trunc 3 }}', 'trunc: in the middle of a character'],
    ['{{ .Input.body.words | upper }}', 'upper: of text beyond ASCII'],
    ['{{ .Input.body.words | b64dec }}', 'an object or a list'],
    ['{{ .Input.body.words | b64dec | upper }}', 'b64dec; only fromJson'],
    ['{{ .Input.body.text | int }}', 'int: of another value than a number'],
    ['{{ .Input.body.text', 'close every action'],
  ])('the template %s', (text, what) => {
    expect(() => rendered([template(text, { value: 'default' })])).toThrow(what);
    expect(() => rendered([template(text, { value: 'default' })])).toThrow(/ not supported: sensor: data\.out/);
  });

  it.each<[string, TriggerParameter, RegExp]>([
    ['the whole event', to('data.out', {}), /whole event is not supported/],
    ['a context that is not known', to('data.out', { contextKey: 'id' }), /Event has no context/],
    ['append to an object', to('data', { dataKey: 'body.text' }, 'append'), /Operation is not supported/],
    ['a number that is too large', raw('body.big'), /Number is not supported: .*12345678901234567890/],
    ['an index that is too large', at('list.10001'), /Index is too large/],
  ])('%s', (_, parameter, message) => {
    expect(() => rendered([parameter])).toThrow(message);
  });
});
