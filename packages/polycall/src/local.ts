/** Models of this process, where `@polycall/local` is installed. Reached as "#local". */
import type { ProviderLoader } from "@polycall/core";
import { optional } from "./optional.ts";

export const local: ProviderLoader = optional("@polycall/local", "@huggingface/transformers");
