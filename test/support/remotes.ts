import type { RequestHandler } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

/**
 * The network of a test file: only declared remotes answer. A request that nobody declared, and a declared remote that
 * nobody asked, fail the test, because both let a test pass for the wrong reason.
 */
export function remotes(): { use: (remote: { handlers: RequestHandler[] }) => void } {
  const server = setupServer();
  const undeclared: string[] = [];
  let declared: RequestHandler[][] = [];
  beforeAll(() =>
    server.listen({
      onUnhandledRequest(request) {
        undeclared.push(`${request.method} ${request.url}`);
        throw new Error(`no remote was declared for ${request.url}`);
      },
    }),
  );
  afterEach(() => {
    const requests = undeclared.splice(0);
    const idle = declared.filter(handlers => !handlers.some(handler => handler.isUsed));
    declared = [];
    server.resetHandlers();
    expect(requests, 'requests that no remote was declared for').toEqual([]);
    expect(
      idle.map(handlers => handlers.map(handler => String(handler.info.header ?? handler))),
      'declared remotes that were never asked',
    ).toEqual([]);
  });
  afterAll(() => server.close());
  return {
    use({ handlers }) {
      declared.push(handlers);
      server.use(...handlers);
    },
  };
}
