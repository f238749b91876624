/** Next's settings. The workspace's packages are TypeScript sources; published ones need none of this. */
import type { NextConfig } from "next";

export default {
  serverExternalPackages: ["openai", "@anthropic-ai/sdk", "@google/genai"],
  transpilePackages: ["polycall"],
} satisfies NextConfig;
