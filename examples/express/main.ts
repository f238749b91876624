/** Express: an endpoint that streams, and leaves the model when the reader goes away. */
import "../lib/node-version.ts";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import express from "express";
import { simulated } from "../lib/connect.ts";
import { visit } from "../lib/visit.ts";

const { completion, models, simulator, close } = await simulated();

const app = express();
app.post("/chat", express.json(), async (request, response) => {
  const reader = new AbortController();
  response.once("close", () => reader.abort());
  const { signal } = reader;
  const { messages } = request.body;
  try {
    const stream = await completion({ model: models[0], messages, stream: true, signal });
    const { headers, body } = stream.toResponse();
    response.setHeaders(headers);
    await pipeline(body!, response);
  } catch (error) {
    if (!signal.aborted) throw error; // A reader who has gone away needs no answer.
  }
});

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
await visit(`http://127.0.0.1:${port}/chat`, simulator!);
server.close();
await close();
