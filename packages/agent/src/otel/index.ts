/** What @polycall/agent/otel exports. */
export type { OtelOptions } from "./otel.ts";
export { otel } from "./otel.ts";
