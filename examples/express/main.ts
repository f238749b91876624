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
  const { messages } = request.body;
  const stream = await completion({ model: models[0], messages, stream: true });
  const { headers, body } = stream.toResponse();
  response.setHeaders(headers);
  // A reader that goes away ends the pipeline: not an error of ours, but the end of the call.
  await pipeline(body!, response).catch(() => stream.cancel());
});

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
await visit(`http://127.0.0.1:${port}/chat`, simulator!);
server.close();
await close();
