/** The scenario as a program, for Node, Bun and Deno: `RUNTIME_PROVIDERS` in, one line of JSON out. */
import process from "node:process";
import { scenario } from "./scenario.ts";

console.log(JSON.stringify(await scenario(JSON.parse(process.env.RUNTIME_PROVIDERS!))));
