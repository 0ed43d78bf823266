import { describe, expect, test } from 'vitest';
import { kustomize, render, renderWith } from './render.ts';

describe.skipIf(kustomize === undefined)(
  'the component event-source-tls (needs AFTERSYNC_KUSTOMIZE, the program)',
  () => {
    // One of the two alone is plain HTTP, without a word.
    test('gives the EventSource certificate and key, and changes nothing else', () => {
      const [secret, before] = ['aftersync-webhook-tls', render('demo')];
      const changed = renderWith('demo', 'event-source-tls').filter(
        (manifest, index) => JSON.stringify(manifest) !== JSON.stringify(before[index]),
      );
      expect(changed).toMatchObject([
        {
          kind: 'EventSource',
          spec: {
            webhook: {
              sync: {
                serverCertSecret: { name: secret, key: 'tls.crt' },
                serverKeySecret: { name: secret, key: 'tls.key' },
                authSecret: { name: 'aftersync-webhook', key: 'token' },
              },
            },
          },
        },
      ]);
    });
  },
);
