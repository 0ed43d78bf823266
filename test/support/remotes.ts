import type { RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/**
 * The network of a test file: only declared remotes answer. A request that nobody declared, and a declared remote that
 * nobody asked, fail the test, because both let a test pass for the wrong reason.
 */
export function remotes(): { use: (...handlers: RequestHandler[]) => void } {
  const server = setupServer();
  const unhandled: string[] = [];
  let declared: RequestHandler[] = [];
  beforeAll(() =>
    server.listen({ onUnhandledRequest: request => void unhandled.push(`${request.method} ${request.url}`) }),
  );
  afterEach(() => {
    const undeclared = unhandled.splice(0);
    const unused = declared.filter(handler => !handler.isUsed && (handler as { optional?: boolean }).optional !== true);
    declared = [];
    server.resetHandlers();
    expect(undeclared, 'requests that no remote was declared for').toEqual([]);
    expect(
      unused.map(handler => (handler.info as { header?: string }).header),
      'declared remotes that were never asked',
    ).toEqual([]);
  });
  afterAll(() => server.close());
  return {
    use(...handlers) {
      declared.push(...handlers);
      server.use(...handlers);
    },
  };
}
