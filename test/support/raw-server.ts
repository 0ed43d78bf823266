import { createServer, type Socket } from 'node:net';
import { afterAll } from 'vitest';

/** Writes bytes that answer a request, whatever HTTP says of them. */
export type RawAnswer = (socket: Socket, request: string) => void;

export interface RawServer {
  port: number;
  url: string;
  /** What was asked, headers and body. */
  requests: string[];
  answer: RawAnswer;
}

/** A server that does as it is told, also what no library would do. It ends with the test file. */
export async function rawServer(answer: RawAnswer = () => {}): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let text = '';
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      const request = text;
      text = '';
      raw.requests.push(request);
      raw.answer(socket, request);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const raw: RawServer = { port, url: `http://127.0.0.1:${port}`, requests: [], answer };
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return raw;
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length;
}
