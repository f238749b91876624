/** A process of its own that appends to a log as fast as it can: `node appender.ts PLACE LOG NAME TIMES`. */
import { VersionConflictError } from "../src/store.ts";
import { openStore } from "./open-store.ts";

const [place, log, name, times] = process.argv.slice(2) as [string, string, string, string];
const store = await openStore(JSON.parse(place));
let version = 0;
for (let done = 0; done < Number(times); ) {
  const entries = [`${name} ${done} a`, `${name} ${done} b`].map((data) => ({ data, text: data }));
  try {
    version = await store.append(log, version, entries);
    done++;
    // Told before it goes on, so that whoever kills it knows of all but the last.
    await new Promise((told) => process.stdout.write(`${version}\n`, told));
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    version = error.actual;
  }
}
await store.close();
