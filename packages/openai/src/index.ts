/** What @polycall/openai exports. */
export type { Extra, HostRow } from "./chat/host-row.ts";
export { azure, host, hosts, openai } from "./provider.ts";
