/** Why a connection is not secure: whom to tell what. None of it passes by itself, and nothing was sent. */
export interface TlsFailure {
  /** Follows the name of the remote. */
  what: string;
  remedy: string;
}

/**
 * @param code of the error, by Node.js or OpenSSL
 * @returns null where the error is another one, or one that a second try may not have
 */
export function tlsFailureOf(code: string | undefined, message = ''): TlsFailure | null {
  if (code === undefined) return null;
  if (code === 'CERT_HAS_EXPIRED') return untrusted('renew its certificate: it has expired');
  if (code === 'CERT_NOT_YET_VALID') return untrusted('its certificate is not valid yet: check the clocks');
  if (/ALTNAME/.test(code))
    return untrusted('its certificate is for another host: correct the URL, or name the host in the certificate');
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code) && !isHandshake(code))
    return untrusted('trust its certificate authority with NODE_EXTRA_CA_CERTS');
  if (!isHandshake(code) || /bad record mac|decrypt/i.test(`${code} ${message}`.replaceAll('_', ' '))) return null;
  return {
    what: 'does not speak TLS as expected',
    remedy:
      'correct host and port of the URL: what listens there speaks plain http, another protocol or another TLS version',
  };
}

const isHandshake = (code: string): boolean => code === 'EPROTO' || code.startsWith('ERR_SSL_');
const untrusted = (remedy: string): TlsFailure => ({ what: 'is not trusted', remedy });
