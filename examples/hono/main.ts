/** Hono: an endpoint that streams, and leaves the model when the reader goes away. */
import "../lib/node-version.ts";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { simulated } from "../lib/connect.ts";
import { visit } from "../lib/visit.ts";

const { completion, models, simulator, close } = await simulated();

const app = new Hono();
app.post("/chat", async (context) => {
  const { messages } = await context.req.json();
  const { signal } = context.req.raw;
  try {
    const stream = await completion({ model: models[0], messages, stream: true, signal });
    return stream.toResponse();
  } catch (error) {
    if (!signal.aborted) throw error;
    return new Response(null, { status: 499 }); // Read by nobody: the reader has gone away.
  }
});

const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
await once(server, "listening");
const { port } = server.address() as AddressInfo;
await visit(`http://127.0.0.1:${port}/chat`, simulator!);
server.close();
await close();
