/** The Gemini API and Vertex AI for polycall. */
export { gemini, vertex } from "./provider.ts";
export { rules } from "./rules.ts";
