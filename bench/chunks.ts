/** A streamed chunk of each protocol, streams of 1000 in one burst: `node bench/chunks.ts`. */
import { floor, official, officials, polycall } from "./clients.ts";
import { type Contenders, measure, ratioTable } from "./measure.ts";
import { peers } from "./peers.ts";
import { startServer } from "./server.ts";
import { chunks } from "./wire.ts";

const server = await startServer();
for (const protocol of ["chat", "messages", "gemini"] as const) {
  const { base } = server;
  const contenders: Contenders = {
    "fetch + a minimal reader": floor(base, protocol).stream,
    [officials[protocol]]: (await official(base, protocol)).stream,
    ...Object.fromEntries(
      Object.entries(await peers(base, protocol)).map(([peer, { stream }]) => [peer, stream]),
    ),
    polycall: polycall(base, protocol).stream,
  };
  const rows = await measure(contenders, { atOnce: 1, works: 4, units: chunks });
  const title = `a chunk; ${officials[protocol]}'s protocol`;
  console.log(`\n${ratioTable(title, rows, officials[protocol])}`);
}
server.stop();
process.exit(); // fetch keeps its connections.
