import { Worker } from 'node:worker_threads';

/** A store that does nothing but wait, in a thread of its own: what it costs is not the step's. */
export async function openWaitingStore(latencyMs: number) {
  const store = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     let id = 0;
     const server = require('node:http').createServer((request, response) => {
       request.resume().on('end', () => setTimeout(() => {
         response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ id: String(++id) }));
       }, workerData));
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: latencyMs },
  );
  const port = await new Promise<number>(resolve => store.once('message', resolve));
  return { url: `http://localhost:${port}`, close: () => store.terminate() };
}
