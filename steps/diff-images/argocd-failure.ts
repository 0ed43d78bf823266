import { ExitCode, Failure } from '../../lib/runtime/failure.ts';

const { input, transient, refused } = ExitCode;

/** What argocd's last words mean; the first that fits counts. */
const MEANINGS: [said: RegExp, exitCode: ExitCode, remedy: string][] = [
  [/unknown (shorthand )?flag/i, input, 'use argocd 2.11 or later, of the minor version of the server'],
  [
    /x509|failed to verify certificate/i,
    input,
    'put its CA into the file that AFTERSYNC_ARGOCD_CA_FILE names: ca.crt of the Secret argocd-token',
  ],
  [/first record does not look like a TLS handshake/, input, 'give its address as http://: it answers without TLS'],
  [/NOAUTH|WRONGPASS/, input, 'let it read the Secret argocd-redis'],
  [
    /Unauthenticated|invalid session|invalid token|token (is|has) (invalid|expired)|no session information/i,
    input,
    'give a valid ARGOCD_AUTH_TOKEN',
  ],
  [
    /PermissionDenied|permission denied|forbidden/i,
    input,
    'give it that right: docs/operate.md lists what the component argocd-diff needs',
  ],
  [/not permitted/i, input, 'give the address of the API: argocd --core serves its own namespace only'],
  [
    /server address unspecified|argocd-cm|invalid configuration|cluster config/i,
    input,
    'set ARGOCD_SERVER, or for --core a kubeconfig whose namespace is that of Argo CD',
  ],
  [
    /cache: key is missing|Unavailable|DeadlineExceeded|deadline exceeded|connection (refused|reset)|timed? ?out|EOF\b|no such host|ResourceExhausted|Too Many Requests|Aborted/i,
    transient,
    'it is tried again',
  ],
];

/** @param said the last line that argocd logged, without level and time */
export function argocdFailure(said: string, exitCode: number): Failure {
  const [, code, remedy] = MEANINGS.find(([pattern]) => pattern.test(said)) ?? [
    null,
    refused,
    'try the same command by hand, or use --strategy sync-result',
  ];
  return new Failure(code, 'argocd failed', `exit code ${exitCode}, ${said || 'without a word'}`, remedy);
}
