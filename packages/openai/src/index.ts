/** What @polycall/openai exports. */
export type { Extra, HostRow, MediaPart } from "./chat/host-row.ts";
export { type RerankWords, reranking } from "./hosts/reranking.ts";
export { hosts } from "./hosts.ts";
export { azure, host, openai } from "./provider.ts";
export { rules } from "./rules.ts";
