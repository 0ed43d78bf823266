import { describe, expect, test } from 'vitest';
import { RemoteFailure } from '../../../lib/clients/http.ts';
import type { JetAnswer } from '../../../lib/clients/jet.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { createMeaning, outstandingWaitMs } from '../../../lib/delivery/answer.ts';
import { ExitCode } from '../../../lib/runtime/failure.ts';
import { configOf } from '../../support/evidence.ts';

const meaning = (answers: Record<string, unknown> = {}) =>
  createMeaning(Configuration.parse(configOf({ answers })).jet.answers);
const tries = { attempts: 1, unanswered: 0, repeats: 0 };
const answer = (status: number, text: string, headers: Record<string, string> = {}): JetAnswer => ({
  ...{ status, text, headers: { 'content-type': 'application/json', ...headers }, responseId: null, ...tries },
});
const failure = (status: number | null, text = '', unanswered = 0) =>
  new RemoteFailure(
    status === null || status === 408 || status === 429 || status >= 500 ? ExitCode.transient : ExitCode.refused,
    ...(['JET refused', `POST https://jet.example.com answered ${status}`, 'mend it'] as const),
    { status, text, ...tries, unanswered },
  );
const PAGE = '<!DOCTYPE html><html><title>Sign in</title></html>';

describe('what says that a record is kept', () => {
  test.each([
    [200, '{"id":"1"}', {}],
    [201, '{}', {}],
    [202, '\ufeff {"status":"queued","error":null,"errors":[]}\n', {}],
    [201, '{"id":"1"}', { 'content-type': 'text/plain', 'content-encoding': 'gzip' }],
  ])('%i %j %j', (status, text, headers) => {
    expect(meaning().ofAnswer(answer(status, text, headers))).toMatchObject({ result: { state: 'accepted' } });
  });
  test('by configuration, another status and no body', () => {
    const ours = meaning({ recorded: [204], empty: true });
    expect(ours.ofAnswer(answer(204, '')).result.state).toBe('accepted');
    expect(ours.ofAnswer(answer(201, '{"id":"1"}')).result.state).toBe('uncertain');
    expect(ours.ofAnswer(answer(204, ' ', { 'content-type': 'Text/HTML' })).result.state).toBe('uncertain');
  });
});

describe('what says nothing of the record: it was sent, and nothing more is', () => {
  test.each([
    ['a login page in capitals', 200, PAGE, { 'content-type': 'Text/HTML; charset=utf-8' }],
    ['a login page as XHTML', 200, PAGE, { 'content-type': 'application/xhtml+xml' }],
    ['a login page as text', 200, `\r\n ${PAGE}`, { 'content-type': 'text/plain' }],
    ['a login page as JSON', 201, PAGE, {}],
    ['a page that is already there', 409, `<html>already exists</html>`, { 'content-type': 'text/html' }],
    ['text of a page', 200, 'Sign in', { 'content-type': 'text/html' }],
    ['XML', 200, '<?xml version="1.0"?><ok/>', { 'content-type': 'application/xml' }],
    ['another success', 206, '{"id":"1"}', {}],
    ['another success still', 226, '{"id":"1"}', {}],
    ['no content', 204, '', {}],
    ['no status', 0, '{"id":"1"}', {}],
    ['nothing', 201, '', {}],
    ['blanks', 201, ' \r\n', {}],
    ['null', 201, 'null', {}],
    ['true', 201, 'true', {}],
    ['a number', 201, '1', {}],
    ['a text', 201, '"recorded"', {}],
    ['a list', 201, '[]', {}],
    ['a list of records', 201, '[{"id":"1"}]', {}],
    ['JSON that was cut', 201, '{"id":"rec-', {}],
    ['JSON and more', 201, '{"id":"1"}{"id":"2"}', {}],
    ['bytes', 201, '\u001f\ufffd\b\u0000', {}],
    ['UTF-16', 201, '{\u0000"\u0000i\u0000d\u0000"\u0000', {}],
    ['a problem', 200, '{"title":"no"}', { 'content-type': 'application/problem+json' }],
    ['an error', 200, '{"error":"unauthorized"}', {}],
    ['errors', 200, '{"errors":[{"message":"no"}]}', {}],
  ])('%s', (_, status, text, headers) => {
    const verdict = meaning().ofAnswer(answer(status, text, headers));
    expect(verdict.result.state).toBe('uncertain');
    expect(verdict.stop).toMatchObject({ exitCode: ExitCode.refused });
    expect(verdict.stop?.message).toMatch(/correct jet\.url/);
    expect(verdict.outstandingMs).toBeUndefined();
  });
});

describe('a refusal', () => {
  test.each([
    [400, 'sealId is unknown'],
    [422, 'another body'],
  ])('of the store is about its record: %i', (status, text) => {
    const { result, stop } = meaning().ofFailure(failure(status, text));
    expect([result.state, stop]).toEqual(['rejected', undefined]);
  });
  test.each([401, 402, 403, 404, 405, 406, 407, 410, 413, 414, 415, 421, 431, 451, 302, 304])(
    'of a proxy, or of another address, is about all: %i',
    status => {
      const refusal = failure(status);
      expect(meaning().ofFailure(refusal)).toMatchObject({ result: { state: 'planned' }, stop: refusal });
      expect(meaning().ofFailure(failure(status, '', 1)).result.state).toBe('uncertain');
    },
  );
  test('that is a web page is not the store, whatever its status', () => {
    for (const status of [400, 422])
      expect(meaning().ofFailure(failure(status, PAGE))).toMatchObject({
        ...{ result: { state: 'planned' }, stop: { exitCode: ExitCode.refused } },
      });
  });
  test('by configuration is of the store', () => {
    expect(meaning({ rejected: [400, 413] }).ofFailure(failure(413)).result.state).toBe('rejected');
    expect(meaning({ rejected: [413] }).ofFailure(failure(400)).result.state).toBe('planned');
  });
  test.each([408, 429, 500, 502, 503, 504, null])('that passes stops nothing: %s', status => {
    expect(meaning().ofFailure(failure(status))).toMatchObject({ result: { state: 'planned' } });
    const doubtful = meaning().ofFailure(failure(status, '', 1));
    expect([doubtful.result.state, doubtful.stop]).toEqual(['uncertain', undefined]);
  });
});

describe('a 409', () => {
  const said = (text: string, answers = {}) => meaning(answers).ofAnswer(answer(409, text)).result.state;
  test.each([
    'This evidence is already recorded',
    '{"title":"Conflict","detail":"The event has already been recorded."}',
    '{"code":"ALREADY_RECORDED"}',
    'AlreadyRecorded',
    'Nothing was sent to the archive. This evidence is already recorded',
    '{"retry":"no","title":"Evidence is already recorded"}',
  ])('says that it is recorded: %s', text => expect(said(text)).toBe('duplicate'));
  test.each([
    'no artifact exists',
    'The seal exists in another project',
    'The artifact already exists in another repository',
    'Idempotency-Key is already used',
    'sealId is already locked',
    'jetId is a duplicate of another build',
    'There is no duplicate to compare with',
    'The evidence is not already recorded',
    'This evidence has not yet already been recorded',
    'No evidence was already recorded for this build',
    'Nothing is already recorded',
    `The evidence isn't already recorded`,
    'The build has been recorded',
    'already',
    '',
  ])('says no such thing: %s', text => expect(said(text)).toBe('rejected'));
  test('means by configuration what this store says', () => {
    const alreadyRecorded = '^evidence exists$';
    expect(said('Evidence exists', { alreadyRecorded })).toBe('duplicate');
    expect(said('already recorded', { alreadyRecorded })).toBe('rejected');
  });
});

describe('a store that is still at work', () => {
  test.each([
    [{}, 0],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-100' }, 0],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': 'Mon, 30 Nov 2026 10:00:02 GMT', date: 'Mon, 30 Nov 2026 10:00:00 GMT' }, 2_000],
  ])('asks to be left alone: %j', (headers, expected) => {
    const { result, outstandingMs } = meaning().ofAnswer(answer(409, 'outstanding', headers as Record<string, string>));
    expect([result.state, outstandingMs]).toEqual(['uncertain', expected]);
  });
  test('is asked again after a second at least, and less and less often', () => {
    expect([0, 1, 2, 3, 4].map(before => outstandingWaitMs(0, before))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(outstandingWaitMs(3_000, 0)).toBe(3_000);
    expect(outstandingWaitMs(3_600_000, 0)).toBe(5_000);
  });
});
