/** What @polycall/durable-dbos exports. */
export {
  type DbosAgent,
  type DbosAgentOptions,
  type DbosRun,
  dbosAgent,
  type StartOptions,
} from "./agent.ts";
export { recover } from "./recover.ts";
