/** A plain call, one after another and 64 at once, and a real one: `node bench/calls.ts`. */
import { floor, official, officials, polycall } from "./clients.ts";
import { type Contenders, measure, ratioTable } from "./measure.ts";
import { peers } from "./peers.ts";
import { startServer } from "./server.ts";
import type { Protocol } from "./wire.ts";

const server = await startServer();
for (const protocol of ["chat", "messages", "gemini"] as const) {
  const { plain, real } = await contenders(server.base, protocol);
  const title = `${officials[protocol]}'s protocol`;
  for (const [what, atOnce] of [
    ["in sequence", 1],
    ["64 at once", 64],
  ] as const) {
    const rows = await measure(plain, { atOnce, works: 192 });
    console.log(`\n${ratioTable(`a call, ${what}; ${title}`, rows, officials[protocol])}`);
  }
  const rows = await measure(real, { atOnce: 1, works: 96 });
  console.log(`\n${ratioTable(`a real call; ${title}`, rows, officials[protocol])}`);
}
server.stop();
process.exit(); // fetch keeps its connections.

async function contenders(
  base: string,
  protocol: Protocol,
): Promise<{ plain: Contenders; real: Contenders }> {
  const least = floor(base, protocol);
  const sdk = await official(base, protocol);
  const ours = polycall(base, protocol);
  const name = officials[protocol];
  const others = Object.entries(await peers(base, protocol)).map(([peer, { plain }]) => [
    peer,
    plain,
  ]);
  return {
    plain: {
      "fetch + JSON.parse": least.plain,
      [name]: sdk.plain,
      ...Object.fromEntries(others),
      polycall: ours.plain,
    },
    real: { "fetch + JSON.parse": least.real!, [name]: sdk.real!, polycall: ours.real! },
  };
}
