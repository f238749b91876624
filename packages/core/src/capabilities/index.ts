/**
 * What `@polycall/core/capabilities` exports: what a client needs once its user says something of a model,
 * or a provider refuses a parameter. Apart, so that a plain call, and a bundle without it, stays light.
 */
export type { QuirkStore } from "./book.ts";
export { CapabilityBook } from "./book.ts";
export { healed, isRefusal } from "./heal.ts";
