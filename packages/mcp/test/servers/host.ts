/** A program that starts a server, tells its pid, and ends in one way or another without disposing of it. */
import { mcp } from "@polycall/mcp";
import { child } from "../support.ts";

const [end, mode] = process.argv.slice(2);
const server = await mcp({ name: "s", ...child("bad.mjs", mode!) });
console.log(server.pid);
if (end === "throws") {
  setTimeout(() => {
    throw new Error("planted");
  }, 20);
}
