/** What @polycall/openai exports. */
export type { Extra, HostRow } from "./chat/host-row.ts";
export { hosts } from "./hosts.ts";
export { azure, host, openai } from "./provider.ts";
