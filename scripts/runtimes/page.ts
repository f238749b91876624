/** The scenario in a page: a function that the test calls from outside. */
import { scenario } from "./scenario.ts";

Object.assign(globalThis, { scenario });
