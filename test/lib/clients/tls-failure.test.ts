import { expect, test } from 'vitest';
import { tlsFailureOf } from '../../../lib/clients/tls-failure.ts';

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', '', 'NODE_EXTRA_CA_CERTS'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', '', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', '', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', '', 'renew its certificate'],
  ['CERT_NOT_YET_VALID', '', 'check the clocks'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', '', 'correct the URL, or name the host in the certificate'],
  ['EPROTO', 'write EPROTO 80CC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number', 'plain http'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', '', 'plain http'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', 'plain http'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', 'another TLS version'],
  ['EPROTO', 'error:0A000119:SSL routines::decryption failed or bad record mac', null],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', '', null],
  ['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established', null],
  ['ENOTFOUND', '', null],
  [undefined, '', null],
])('%s %s', (code, message, remedy) => {
  const failure = tlsFailureOf(code, message);
  if (remedy === null) expect(failure).toBeNull();
  else expect(failure?.remedy).toContain(remedy);
});
