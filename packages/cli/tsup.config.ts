import { defineConfig } from "tsup";
import base from "../../tsup.config.base.ts";

// Each command in a chunk of its own, loaded on first use.
export default defineConfig({ ...base, platform: "node", splitting: true, shims: true });
