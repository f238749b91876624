/** A simulator on a thread of its own: hundreds of callers do not keep it from accepting connections. */
import { parentPort } from "node:worker_threads";
import { type Fault, simulator } from "@polycall/testing";

/** A request as far as a test of many calls looks at it. */
export interface Seen {
  /** The caller's own mark: its header `x-call`. */
  call: string;
  provider: string;
  status: number;
  aborted: boolean;
  fault?: Fault;
}

const sim = await simulator();
const port = parentPort!;

port.on("message", (message: { faults: Fault[] } | "log" | "close") => {
  if (message === "close") {
    void sim.close().then(() => port.close());
  } else if (message === "log") {
    port.postMessage(
      sim.requests.map(({ headers, provider, status, aborted, fault }): Seen => {
        return {
          call: String(headers["x-call"]),
          provider,
          status,
          aborted,
          ...(fault && { fault }),
        };
      }),
    );
    sim.reset();
  } else for (const fault of message.faults) sim.fault(fault);
});
port.postMessage(sim.providers);
